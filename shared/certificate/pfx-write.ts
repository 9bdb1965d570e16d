import type { KeyObject, X509Certificate } from 'node:crypto';
import { createCipheriv, createHash, createHmac } from 'node:crypto';
import type { asn1 } from 'node-forge';
import {
  bmpString,
  integer,
  nothing,
  octets,
  oid,
  sequence,
  set,
  tagged,
  taggedOctets,
  toDer,
} from './asn1.ts';
import { pbkdf2Key, pkcs12Key, PURPOSE } from './derivation.ts';

const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  sha256: '2.16.840.1.101.3.4.2.1',
  /** Java's own mark of a certificate to trust, and "for any purpose". */
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
  anyPurpose: '2.5.29.37.0',
} as const;

/** What OpenSSL 3 writes: PBES2 (AES-256, PBKDF2 with HMAC-SHA-256), MAC with SHA-256, 2048 iterations each. */
const ITERATIONS = 2048;

/** The name Java shows for the entry. */
const ALIAS = 'tls';

/** Bytes for a salt or an initialisation vector: different for different inputs and purposes, the same for the same. */
type Salt = (purpose: string) => Buffer;

interface Lock {
  password: string;
  salt: Salt;
}

/**
 * A PKCS#12 store with the key and its chain, RSA or EC, as Java, .NET and OpenSSL read it. The same inputs give the same
 * bytes: salts are drawn from the contents with the private key as the secret, instead of from a random source, so that a
 * Secret is written only when something changed. The empty password is what many readers mean by none.
 */
export async function writeIdentity(
  { key, chain }: { key: KeyObject; chain: readonly X509Certificate[] },
  password: string,
): Promise<Uint8Array> {
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const lock = { password, salt: saltFrom(pkcs8, Buffer.from(password, 'utf8'), chain) };
  const [leaf] = chain;
  const id = createHash('sha256')
    .update(leaf?.raw ?? '')
    .digest();
  const names = set(named(ALIAS), sequence(oid(OID.localKeyId), set(octets(id))));
  const certificates = chain.map((one) => certBag(one, one === leaf ? names : undefined));
  const sealed = tagged(await encrypted(pkcs8, lock, 'key'));
  const keys = sequence(sequence(oid(OID.shroudedKeyBag), sealed, names));
  return store([await encryptedSafe(certificates, lock), plainSafe(toDer(keys))], lock);
}

/** A PKCS#12 store of certificates to trust, each under a name of its own, as Java marks them. */
export async function writeTruststore(
  certificates: readonly X509Certificate[],
  password: string,
): Promise<Uint8Array> {
  // Of the certificates alone: a salt that depends on the password would be a quick way to try passwords.
  const lock = { password, salt: saltFrom(Buffer.alloc(0), Buffer.alloc(0), certificates) };
  const trusted = sequence(oid(OID.trustedKeyUsage), set(oid(OID.anyPurpose)));
  const bags = certificates.map((one) => certBag(one, set(named(aliasOf(one)), trusted)));
  return store([await encryptedSafe(bags, lock)], lock);
}

const aliasOf = ({ raw }: X509Certificate): string =>
  `authority-${createHash('sha256').update(raw).digest('hex').slice(0, 16)}`;

const named = (alias: string): asn1.Asn1 => sequence(oid(OID.friendlyName), set(bmpString(alias)));

async function store(safes: asn1.Asn1[], lock: Lock): Promise<Uint8Array> {
  const safe = toDer(sequence(...safes));
  return toDer(sequence(integer(3), plainSafe(safe), await macData(safe, lock)));
}

function saltFrom(key: Buffer, password: Buffer, certificates: readonly X509Certificate[]): Salt {
  return (purpose) => {
    const hmac = createHmac('sha256', key);
    for (const part of [Buffer.from(purpose), password, ...certificates.map((one) => one.raw)])
      hmac.update(`${part.length}:`).update(part);
    return hmac.digest().subarray(0, 16);
  };
}

function certBag(certificate: X509Certificate, attributes: asn1.Asn1 | undefined): asn1.Asn1 {
  const value = tagged(sequence(oid(OID.x509), tagged(octets(certificate.raw))));
  return sequence(oid(OID.certBag), value, ...(attributes === undefined ? [] : [attributes]));
}

const plainSafe = (der: Buffer): asn1.Asn1 => sequence(oid(OID.data), tagged(octets(der)));

async function encryptedSafe(bags: asn1.Asn1[], lock: Lock): Promise<asn1.Asn1> {
  const { algorithm, bytes } = await sealed(toDer(sequence(...bags)), lock, 'certificates');
  const info = sequence(oid(OID.data), algorithm, taggedOctets(bytes));
  return sequence(oid(OID.encryptedData), tagged(sequence(integer(0), info)));
}

async function encrypted(der: Buffer, lock: Lock, purpose: string): Promise<asn1.Asn1> {
  const { algorithm, bytes } = await sealed(der, lock, purpose);
  return sequence(algorithm, octets(bytes));
}

/** PBES2 (RFC 8018, appendix A.4). */
async function sealed(
  der: Buffer,
  { password, salt }: Lock,
  purpose: string,
): Promise<{ algorithm: asn1.Asn1; bytes: Buffer }> {
  const keySalt = salt(`${purpose} salt`);
  const vector = salt(`${purpose} vector`);
  const wish = { iterations: ITERATIONS, bytes: 32, digest: 'sha256' };
  const cipher = createCipheriv('aes-256-cbc', await pbkdf2Key(password, keySalt, wish), vector);
  const derivation = sequence(octets(keySalt), integer(ITERATIONS), sequence(oid(OID.hmacSha256), nothing()));
  const algorithm = sequence(
    oid(OID.pbes2),
    sequence(sequence(oid(OID.pbkdf2), derivation), sequence(oid(OID.aes256Cbc), octets(vector))),
  );
  return { algorithm, bytes: Buffer.concat([cipher.update(der), cipher.final()]) };
}

async function macData(safe: Buffer, { password, salt }: Lock): Promise<asn1.Asn1> {
  const macSalt = salt('mac');
  const wish = { purpose: PURPOSE.mac, iterations: ITERATIONS, bytes: 32, digest: 'sha256' };
  const key = await pkcs12Key(password, macSalt, wish);
  const digest = createHmac('sha256', key).update(safe).digest();
  const info = sequence(sequence(oid(OID.sha256), nothing()), octets(digest));
  return sequence(info, octets(macSalt), integer(ITERATIONS));
}
