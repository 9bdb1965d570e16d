import type { KeyObject, X509Certificate } from 'node:crypto';
import { type Bundle, CertificateError } from './bundle.ts';

/** A certificate with what connects it to its root. */
interface Chain {
  /** The leaf, then its issuers in order; the self-signed root only when it is the leaf itself. */
  chain: readonly X509Certificate[];
  /** The self-signed certificate at the end of the chain, if the bundle holds it. */
  root: X509Certificate | undefined;
  /** What a person should know of the bundle's certificates, one sentence each: `… has expired`, `… left out`. */
  notes: string[];
}

/** A chain with the key of its leaf. */
type Identity = Chain & { key: KeyObject };

/**
 * Finds the leaf by its key and the issuers by name and signature; the order of the bundle never matters. What is valid
 * `now` (Unix seconds) comes before what is not, then what lasts longest. Throws CertificateError when there is no private
 * key, or none that fits a certificate.
 */
export function identityIn(bundle: Bundle, source: string, now: number): Identity {
  const certificates = ranked(bundle.certificates, now);
  if (certificates.length === 0) throw none(source);
  if (bundle.keys.length === 0)
    throw new CertificateError(`secret ${source} holds no private key: is the certificate's key exportable?`);
  const { key, leaf } = pairIn(certificates, bundle.keys, source, now);
  return { key, ...chainOf(leaf, certificates, source, now) };
}

/** The same for a bundle that may lack the key: then the leaf is the certificate that issued no other. */
export function publicChainIn(bundle: Bundle, source: string, now: number): Chain {
  if (bundle.keys.length > 0) return identityIn(bundle, source, now);
  const certificates = ranked(bundle.certificates, now);
  const ends = certificates.filter(
    (one) => !certificates.some((other) => other !== one && issued(one, other)),
  );
  const candidates = ends.some(({ ca }) => !ca) ? ends.filter(({ ca }) => !ca) : ends;
  const [leaf] = candidates;
  if (leaf === undefined) throw none(source);
  if (candidates.some((one) => !one.publicKey.equals(leaf.publicKey)))
    throw new CertificateError(
      `secret ${source} holds several certificates without a key: which one is meant?`,
    );
  return chainOf(leaf, certificates, source, now);
}

/** What to trust: every authority and self-signed certificate that has not expired, in a fixed order; no leaf is. */
export function authoritiesIn(bundle: Bundle, source: string, now: number): Pick<Chain, 'chain' | 'notes'> {
  const certificates = ranked(bundle.certificates, now);
  const isTrusted = (one: X509Certificate): boolean =>
    (one.ca || isSelfSigned(one)) && validityOf(one, now) !== 'expired';
  const chain = certificates
    .filter(isTrusted)
    .sort((left, right) => (left.fingerprint256 < right.fingerprint256 ? -1 : 1));
  if (chain.length === 0) throw new CertificateError(`secret ${source} holds no authority that is valid`);
  const expired = certificates.filter((one) => validityOf(one, now) === 'expired');
  return { chain, notes: expired.map((one) => noteOn(one, source, LEFT_OUT.expired)).sort() };
}

const none = (source: string): CertificateError =>
  new CertificateError(`secret ${source} holds no certificate`);

type Validity = 'valid' | 'not-yet-valid' | 'expired';

function validityOf({ validFromDate, validToDate }: X509Certificate, now: number): Validity {
  if (validToDate.getTime() / 1000 < now) return 'expired';
  return validFromDate.getTime() / 1000 > now ? 'not-yet-valid' : 'valid';
}

const RANK: Readonly<Record<Validity, number>> = { valid: 0, 'not-yet-valid': 1, expired: 2 };

/** Each certificate once, best first: valid before others, then self-signed, then what lasts longest. A total order. */
function ranked(certificates: readonly X509Certificate[], now: number): X509Certificate[] {
  const byPrint = new Map(certificates.map((one) => [one.fingerprint256, one]));
  const rank = (one: X509Certificate): number => RANK[validityOf(one, now)];
  return [...byPrint.values()].sort(
    (left, right) =>
      rank(left) - rank(right) ||
      Number(isSelfSigned(right)) - Number(isSelfSigned(left)) ||
      right.validToDate.getTime() - left.validToDate.getTime() ||
      (left.fingerprint256 < right.fingerprint256 ? -1 : 1),
  );
}

function pairIn(
  certificates: readonly X509Certificate[],
  keys: readonly KeyObject[],
  source: string,
  now: number,
): { key: KeyObject; leaf: X509Certificate } {
  const pairs = keys.flatMap((key) =>
    certificates.filter((one) => fits(one, key)).map((leaf) => ({ key, leaf })),
  );
  const [first] = pairs;
  if (first === undefined)
    throw new CertificateError(`the private key of secret ${source} fits none of its certificates`);
  if (pairs.some(({ key }) => !key.equals(first.key)))
    throw new CertificateError(
      `secret ${source} holds several private keys with certificates: which one is meant?`,
    );
  return issuedFirst(pairs, first, now);
}

/**
 * With a key's own self-signed certificate beside one that an authority issued for it, the issued one is meant, unless it
 * is not valid and the other is.
 */
function issuedFirst<T extends { leaf: X509Certificate }>(pairs: readonly T[], first: T, now: number): T {
  const rank = ({ leaf }: T): number => RANK[validityOf(leaf, now)];
  const best = pairs.filter((pair) => rank(pair) === rank(first));
  return best.find(({ leaf }) => !isSelfSigned(leaf)) ?? first;
}

function fits(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key);
  } catch {
    return false;
  }
}

/** What has expired proves nothing to anybody, so it is no part of a chain; only a root may be the one that is there. */
function chainOf(
  leaf: X509Certificate,
  certificates: readonly X509Certificate[],
  source: string,
  now: number,
): Chain {
  const path = [leaf];
  for (let last = leaf; !isSelfSigned(last);) {
    const child = last;
    const issuer = certificates.find(
      (one) =>
        !path.includes(one) &&
        issued(one, child) &&
        (validityOf(one, now) !== 'expired' || isSelfSigned(one)),
    );
    if (issuer === undefined) break;
    path.push(issuer);
    last = issuer;
  }
  const last = path.at(-1) ?? leaf;
  const root = isSelfSigned(last) ? last : undefined;
  const chain = path.filter((one) => one === leaf || one !== root);
  return { chain, root, notes: notesOn(certificates, path, source, now) };
}

function notesOn(
  certificates: readonly X509Certificate[],
  path: readonly X509Certificate[],
  source: string,
  now: number,
): string[] {
  const notes = certificates.flatMap((certificate) => {
    const validity = validityOf(certificate, now);
    const isUsed = path.includes(certificate);
    if (isUsed && validity === 'valid') return [];
    return [noteOn(certificate, source, isUsed ? USED[validity] : LEFT_OUT[validity])];
  });
  return notes.sort();
}

/** The subject is public, but written by anyone: it is made fit for a message. */
function noteOn(certificate: X509Certificate, source: string, remark: string): string {
  const oneLine = certificate.subject?.replaceAll(/\p{C}+/gu, ', ') ?? '';
  const subject = oneLine === '' ? '(no subject)' : oneLine.slice(0, 120);
  return `certificate ${subject} of secret ${source} ${remark}`;
}

const USED: Readonly<Record<Validity, string>> = {
  valid: '',
  'not-yet-valid': 'is not valid yet',
  expired: 'has expired',
};

const LEFT_OUT: Readonly<Record<Validity, string>> = {
  valid: 'is not part of the chain: left out',
  'not-yet-valid': 'is not valid yet: left out',
  expired: 'has expired: left out',
};

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
