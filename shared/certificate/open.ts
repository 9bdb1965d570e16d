import { X509Certificate } from 'node:crypto';
import type { Bundle } from './bundle.ts';
import { readPem } from './pem.ts';

/** How to open a bundle. `source` names the secret in messages; the empty password is always tried. */
interface Opening {
  source: string;
  password?: string | undefined;
}

const PEM_BEGINS = '-----BEGIN ';
/** How every certificate and bundle in DER begins: a sequence whose length takes more than one byte. No text does. */
const isDer = (bytes: Buffer): boolean => bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80;
const isPem = (bytes: Buffer): boolean => bytes.includes(PEM_BEGINS);

/** Whether bytes are a format of certificates as they stand, rather than text that still hides one. */
export const isOpen = (bytes: Buffer): boolean => isPem(bytes) || isDer(bytes);

/**
 * Opens PEM, PKCS#12 or one certificate in DER: their first bytes tell them apart. Rejects with CertificateError, without a
 * byte of it. What reads PKCS#12 is loaded for nothing else.
 */
export async function openBundle(bytes: Buffer, opening: Opening): Promise<Bundle> {
  if (isPem(bytes)) return readPem(bytes.toString('utf8'), opening);
  const certificate = derCertificate(bytes);
  if (certificate !== undefined) return { certificates: [certificate], keys: [] };
  const { readPfx } = await import('./pfx.ts');
  return readPfx(bytes, opening);
}

function derCertificate(bytes: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}
