import type { KeyObject } from 'node:crypto';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type Bundle, CertificateError } from './bundle.ts';

interface Opening {
  source: string;
  password?: string | undefined;
}

interface Block {
  label: string;
  body: string;
}

const BLOCK = /-----BEGIN (?<label>[A-Z0-9 ]{1,40})-----(?<body>[\s\S]*?)-----END \k<label>-----/g;

/** Labels whose words may stand in a message: any other text between the dashes may be a part of the value. */
const KEY_TYPES = new Map<string, 'pkcs8' | 'pkcs1' | 'sec1'>([
  ['PRIVATE KEY', 'pkcs8'],
  ['RSA PRIVATE KEY', 'pkcs1'],
  ['EC PRIVATE KEY', 'sec1'],
]);
const ENCRYPTED = 'ENCRYPTED PRIVATE KEY';

/**
 * Certificates and private keys (PKCS#8, PKCS#1, SEC1, encrypted ones with their password) among the blocks of a PEM text,
 * in any order. Line breaks inside a block may be blanks or missing. Rejects with CertificateError.
 */
export async function readPem(text: string, opening: Opening): Promise<Bundle> {
  const certificates: X509Certificate[] = [];
  const keys: KeyObject[] = [];
  for (const block of blocksOf(text)) {
    if (block.label === 'CERTIFICATE') certificates.push(certificateIn(block, opening.source));
    else if (block.label.endsWith('PRIVATE KEY')) keys.push(await keyIn(block, opening));
  }
  return { certificates, keys };
}

const blocksOf = (text: string): Block[] =>
  [...text.matchAll(BLOCK)].map(({ groups }) => ({
    label: groups?.['label'] ?? '',
    body: groups?.['body'] ?? '',
  }));

/** What stands between the dashes, whatever its lines: base64 alone, for headers say that a key is encrypted. */
function derOf({ body }: Block): Buffer {
  const text = body.replaceAll(/\s+/g, '');
  const der = Buffer.from(text, 'base64');
  if (der.toString('base64').replaceAll('=', '') !== text.replaceAll('=', ''))
    throw new TypeError('not base64');
  return der;
}

function certificateIn(block: Block, source: string): X509Certificate {
  try {
    return new X509Certificate(derOf(block));
  } catch {
    throw unreadable(block, 'CERTIFICATE', source);
  }
}

async function keyIn(block: Block, opening: Opening): Promise<KeyObject> {
  const { label, body } = block;
  if (label === ENCRYPTED) return encryptedKey(block, opening);
  if (body.includes('Proc-Type: 4,ENCRYPTED')) return traditionalKey(block, opening);
  const type = KEY_TYPES.get(label);
  try {
    if (type !== undefined) return createPrivateKey({ key: derOf(block), format: 'der', type });
    return createPrivateKey(`-----BEGIN ${label}-----${body}-----END ${label}-----`);
  } catch {
    throw unreadable(block, type === undefined ? undefined : label, opening.source);
  }
}

async function encryptedKey(block: Block, { source, password }: Opening): Promise<KeyObject> {
  if (password === undefined) throw encrypted(source);
  const { openKey } = await import('./encryption.ts');
  const key = await openKey(derOfEncrypted(block, source), password, source);
  if (key === undefined) throw new CertificateError(`the password does not open the key of secret ${source}`);
  return key;
}

function derOfEncrypted(block: Block, source: string): Buffer {
  try {
    return derOf(block);
  } catch {
    throw unreadable(block, ENCRYPTED, source);
  }
}

/** OpenSSL's own encryption of old: one round of MD5, so that it costs no time. */
function traditionalKey({ label, body }: Block, { source, password }: Opening): KeyObject {
  if (password === undefined) throw encrypted(source);
  try {
    const key = `-----BEGIN ${label}-----${body}-----END ${label}-----`;
    return createPrivateKey({ key, passphrase: password });
  } catch {
    throw new CertificateError(`the password does not open the key of secret ${source}`);
  }
}

const encrypted = (source: string): CertificateError =>
  new CertificateError(
    `secret ${source} holds a private key that is encrypted: a route of layout explicit can name its password`,
  );

/** OpenSSL's own words are not passed on: a message of ours cannot hold bytes of a key. */
function unreadable({ body }: Block, label: string | undefined, source: string): CertificateError {
  const what =
    label === undefined ? 'a private key of an unknown kind' : `a ${label} block that cannot be read`;
  const hint = /\\r|\\n/.test(body) ? ': it has literal \\n, say unescapeNewlines: true' : '';
  return new CertificateError(`secret ${source} holds ${what}${hint}`);
}
