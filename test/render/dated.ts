import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import '../local/network/reflect-metadata.ts';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

interface Wish {
  name: string;
  /** PEM of the EC key (P-256) to certify. */
  key: string;
  /** Name and key of the authority; its own without. */
  issuer?: { name: string; key: string };
  ca?: boolean;
  /** Days from today. */
  from: number;
  to: number;
}

async function keysOf(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(pem);
  const use = (format: 'pkcs8' | 'spki', der: Buffer, usage: 'sign' | 'verify') =>
    webcrypto.subtle.importKey(format, der, ALGORITHM, true, [usage]);
  const privateKey = await use('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), 'sign');
  const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return { privateKey, publicKey: await use('spki', spki, 'verify') };
}

const dayFromNow = (days: number): Date => new Date(Date.now() + days * 24 * 3_600_000);

/** A certificate with dates of its own, which the OpenSSL command line cannot set everywhere. PEM. */
export async function dated({
  name,
  key,
  issuer = { name, key },
  ca = false,
  from,
  to,
}: Wish): Promise<string> {
  const [subject, signer] = await Promise.all([keysOf(key), keysOf(issuer.key)]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: `CN=${issuer.name}`,
    notBefore: dayFromNow(from),
    notAfter: dayFromNow(to),
    publicKey: subject.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(ca, undefined, true)],
  });
  return `${certificate.toString('pem')}\n`;
}
