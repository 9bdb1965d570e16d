import { createCipheriv, createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import {
  bmpString,
  integer,
  type Node,
  nothing,
  octets,
  oid,
  sequence,
  set,
  tagged,
  taggedOctets,
  toDer,
} from './asn1.ts';
import type { Identity } from './chain.ts';
import { pfxMac } from './derivation.ts';
import { CertificateError } from './error.ts';

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
} as const;

/** What OpenSSL 3 writes: PBES2 (AES-256, PBKDF2 with HMAC-SHA-256), MAC with SHA-256, 2048 iterations each. */
const ITERATIONS = 2048;

/** The name Java shows for the entry. */
const ALIAS = 'tls';

/** Bytes for a salt or an initialisation vector: different for different inputs and purposes, the same for the same. */
type Salt = (purpose: string) => Buffer;

/**
 * A PKCS#12 store with the key and its chain, RSA or EC, as Java and OpenSSL read it. The same inputs give the same bytes:
 * salts are drawn from the contents with the private key as the secret, instead of from a random source, so that a
 * Secret is written only when something changed. Throws CertificateError for an empty password.
 */
export function writePfx(identity: Identity, password: string, target: string): Uint8Array {
  if (password === '') throw new CertificateError(`the password for ${target} is empty`);
  const key = identity.key.export({ type: 'pkcs8', format: 'der' });
  const salt = saltFrom(key, password, identity.chain);
  const [leaf] = identity.chain;
  const id = createHash('sha256')
    .update(leaf?.raw ?? '')
    .digest();
  const names = set(
    sequence(oid(OID.friendlyName), set(bmpString(ALIAS))),
    sequence(oid(OID.localKeyId), set(octets(id))),
  );
  const certificates = sequence(
    ...identity.chain.map((one) => certBag(one, one === leaf ? names : undefined)),
  );
  const keys = sequence(
    sequence(oid(OID.shroudedKeyBag), tagged(encrypted(key, password, salt, 'key')), names),
  );
  const safe = toDer(sequence(encryptedSafe(toDer(certificates), password, salt), plainSafe(toDer(keys))));
  return toDer(sequence(integer(3), plainSafe(safe), macData(safe, password, salt('mac'))));
}

function saltFrom(key: Buffer, password: string, chain: readonly X509Certificate[]): Salt {
  return (purpose) => {
    const hmac = createHmac('sha256', key);
    for (const part of [Buffer.from(purpose), Buffer.from(password, 'utf8'), ...chain.map((one) => one.raw)])
      hmac.update(`${part.length}:`).update(part);
    return hmac.digest().subarray(0, 16);
  };
}

function certBag(certificate: X509Certificate, attributes: Node | undefined): Node {
  const value = tagged(sequence(oid(OID.x509), tagged(octets(certificate.raw))));
  return sequence(oid(OID.certBag), value, ...(attributes === undefined ? [] : [attributes]));
}

const plainSafe = (der: Buffer): Node => sequence(oid(OID.data), tagged(octets(der)));

function encryptedSafe(der: Buffer, password: string, salt: Salt): Node {
  const { algorithm, bytes } = sealed(der, password, salt, 'certificates');
  const info = sequence(oid(OID.data), algorithm, taggedOctets(bytes));
  return sequence(oid(OID.encryptedData), tagged(sequence(integer(0), info)));
}

function encrypted(der: Buffer, password: string, salt: Salt, purpose: string): Node {
  const { algorithm, bytes } = sealed(der, password, salt, purpose);
  return sequence(algorithm, octets(bytes));
}

/** PBES2 (RFC 8018, appendix A.4). */
function sealed(
  der: Buffer,
  password: string,
  salt: Salt,
  purpose: string,
): { algorithm: Node; bytes: Buffer } {
  const keySalt = salt(`${purpose} salt`);
  const vector = salt(`${purpose} vector`);
  const cipher = createCipheriv(
    'aes-256-cbc',
    pbkdf2Sync(password, keySalt, ITERATIONS, 32, 'sha256'),
    vector,
  );
  const derivation = sequence(octets(keySalt), integer(ITERATIONS), sequence(oid(OID.hmacSha256), nothing()));
  const algorithm = sequence(
    oid(OID.pbes2),
    sequence(sequence(oid(OID.pbkdf2), derivation), sequence(oid(OID.aes256Cbc), octets(vector))),
  );
  return { algorithm, bytes: Buffer.concat([cipher.update(der), cipher.final()]) };
}

function macData(safe: Buffer, password: string, salt: Buffer): Node {
  const digest = pfxMac(safe, password, salt, ITERATIONS, OID.sha256);
  const info = sequence(sequence(oid(OID.sha256), nothing()), octets(digest));
  return sequence(info, octets(salt), integer(ITERATIONS));
}
