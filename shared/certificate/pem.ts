import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { CertificateError } from './error.ts';

/** What a PEM file or a PKCS#12 bundle holds, in no order that means anything. */
export interface Bundle {
  certificates: readonly X509Certificate[];
  keys: readonly KeyObject[];
}

const BLOCK = /-----BEGIN (?<label>[A-Z0-9 ]{1,40})-----[\s\S]*?-----END \k<label>-----/g;

/** Certificates and private keys (PKCS#8, PKCS#1, SEC1) among the blocks of a PEM text, in any order. */
export function readPem(text: string, source: string): Bundle {
  const certificates: X509Certificate[] = [];
  const keys: KeyObject[] = [];
  for (const { 0: block, groups } of text.matchAll(BLOCK)) {
    const label = groups?.['label'] ?? '';
    if (label === 'CERTIFICATE') certificates.push(parsed(() => new X509Certificate(block), label, source));
    else if (label.endsWith('PRIVATE KEY')) keys.push(parsed(() => createPrivateKey(block), label, source));
  }
  return { certificates, keys };
}

/** Labels that a message may repeat: any other is text of the value. */
const KNOWN_LABELS = new Set([
  'CERTIFICATE',
  ...['', 'RSA ', 'EC ', 'DSA ', 'ENCRYPTED ', 'OPENSSH '].map((kind) => `${kind}PRIVATE KEY`),
]);

/** OpenSSL's own words are not passed on: a message of ours cannot hold bytes of a key. */
function parsed<T>(parse: () => T, label: string, source: string): T {
  try {
    return parse();
  } catch {
    const known = KNOWN_LABELS.has(label) ? label : 'PRIVATE KEY';
    const hint = label === 'CERTIFICATE' ? '' : ' (is it encrypted?)';
    throw new CertificateError(`secret ${source} holds a ${known} block that cannot be read${hint}`);
  }
}
