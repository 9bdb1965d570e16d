import type { KeyObject, X509Certificate } from 'node:crypto';

/** What was given is no certificate that can be used. The message names the secret, never a byte of it. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/** What a PEM file or a PKCS#12 bundle holds, in no order that means anything. */
export interface Bundle {
  certificates: readonly X509Certificate[];
  keys: readonly KeyObject[];
}
