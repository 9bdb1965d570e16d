import type { SourceProperties } from '../source/source.ts';

/** The content types Key Vault gives the secret behind a certificate. */
const PKCS12 = 'application/x-pkcs12';
const PEM = 'application/x-pem-file';

export type CertificateFormat = 'pkcs12' | 'pem';

/** How a secret holds a certificate, or undefined when its content type speaks of none. */
export function certificateFormat({ contentType }: SourceProperties): CertificateFormat | undefined {
  switch (contentType?.trim().toLowerCase()) {
    case PKCS12:
      return 'pkcs12';
    case PEM:
      return 'pem';
    default:
      return undefined;
  }
}
