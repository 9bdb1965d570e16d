import type { KeyObject, X509Certificate } from 'node:crypto';
import type { Bundle } from './pem.ts';
import { CertificateError } from './error.ts';

/** A key with the certificate for it and what connects that certificate to its root. */
export interface Identity {
  key: KeyObject;
  /** The leaf, then its issuers in order; the self-signed root only when it is the leaf itself. */
  chain: readonly X509Certificate[];
  /** The self-signed certificate at the end of the chain, if the bundle holds it. */
  root: X509Certificate | undefined;
  /** Certificates of the bundle that do not belong to the chain. */
  strangers: readonly X509Certificate[];
}

/**
 * Finds the leaf by its key and the issuers by name and signature; the order of the bundle never matters. Throws
 * CertificateError when there is no private key, or none that fits a certificate.
 */
export function identityIn(bundle: Bundle, source: string): Identity {
  const certificates = unique(bundle.certificates);
  if (certificates.length === 0) throw new CertificateError(`secret ${source} holds no certificate`);
  if (bundle.keys.length === 0)
    throw new CertificateError(`secret ${source} holds no private key: is the certificate's key exportable?`);
  const { key, leaf } = leafOf(certificates, bundle.keys, source);
  const path = pathFrom(leaf, certificates);
  const last = path.at(-1) ?? leaf;
  const root = isSelfSigned(last) ? last : undefined;
  const chain = path.filter((one) => one === leaf || one !== root);
  return { key, chain, root, strangers: certificates.filter((one) => !path.includes(one)) };
}

/** Each certificate once, best first: self-signed before others, then the one that lasts longest. A total order. */
function unique(certificates: readonly X509Certificate[]): X509Certificate[] {
  const byPrint = new Map(certificates.map((one) => [one.fingerprint256, one]));
  const lasting = (one: X509Certificate): number => one.validToDate.getTime();
  return [...byPrint.values()].sort(
    (left, right) =>
      Number(isSelfSigned(right)) - Number(isSelfSigned(left)) ||
      lasting(right) - lasting(left) ||
      (left.fingerprint256 < right.fingerprint256 ? -1 : 1),
  );
}

function leafOf(
  certificates: readonly X509Certificate[],
  keys: readonly KeyObject[],
  source: string,
): { key: KeyObject; leaf: X509Certificate } {
  const pairs = keys.flatMap((key) =>
    certificates.filter((one) => fits(one, key)).map((leaf) => ({ key, leaf })),
  );
  // With a key's own self-signed certificate beside the one an authority issued for it, the issued one is meant.
  const best = pairs.find(({ leaf }) => !isSelfSigned(leaf)) ?? pairs[0];
  if (best === undefined)
    throw new CertificateError(`the private key of secret ${source} fits none of its certificates`);
  if (pairs.some(({ key }) => !key.equals(best.key)))
    throw new CertificateError(
      `secret ${source} holds several private keys with certificates: which one is meant?`,
    );
  return best;
}

function fits(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key);
  } catch {
    return false;
  }
}

function pathFrom(leaf: X509Certificate, certificates: readonly X509Certificate[]): X509Certificate[] {
  const path = [leaf];
  for (let last = leaf; !isSelfSigned(last);) {
    const child = last;
    const issuer = certificates.find((one) => !path.includes(one) && issued(one, child));
    if (issuer === undefined) break;
    path.push(issuer);
    last = issuer;
  }
  return path;
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer && issued(certificate, certificate);
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false; // an algorithm OpenSSL does not know: it connects nothing
  }
}
