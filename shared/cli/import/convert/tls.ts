/** The other tools write PKCS#1 or SEC 1 under the heading of an RSA key. */
export const KEY_PEM = 'tls.key: it is written as PKCS#8 (BEGIN PRIVATE KEY)';

/** They write the certificate alone. */
export function chainAt(key: string): string {
  return `${key}: issuers follow the certificate, where the vault has them`;
}
