/** What was given is no certificate that can be used. The message names the secret, never a byte of it. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}
