import type { KeyObject } from 'node:crypto';
import { createDecipheriv, createPrivateKey } from 'node:crypto';
import forge from 'node-forge';
import { binary, bytesOf, child, children, content, countIn, fromDer, oidOf } from './asn1.ts';
import { CertificateError } from './bundle.ts';
import { iterationCounter, pbkdf2Key, pkcs12Key, PURPOSE } from './derivation.ts';

type Asn1 = forge.asn1.Asn1;

/** Counts iterations before they are run. */
type Spend = (iterations: number) => void;

const PBES2 = '1.2.840.113549.1.5.13';

/** The ciphers of PBES2: name in OpenSSL, bytes of the key. */
const CIPHERS = new Map([
  ['2.16.840.1.101.3.4.1.2', { name: 'aes-128-cbc', bytes: 16 }],
  ['2.16.840.1.101.3.4.1.22', { name: 'aes-192-cbc', bytes: 24 }],
  ['2.16.840.1.101.3.4.1.42', { name: 'aes-256-cbc', bytes: 32 }],
  ['1.2.840.113549.3.7', { name: 'des-ede3-cbc', bytes: 24 }],
]);

/** The pseudo-random functions of PBKDF2; SHA-1 when none is named. */
const PRFS = new Map([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.8', 'sha224'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
]);

/** The schemes of RFC 7292, appendix C, that anybody still writes. OpenSSL has given up RC2: that is node-forge's. */
const LEGACY = new Map([
  ['1.2.840.113549.1.12.1.3', { name: 'des-ede3-cbc', bytes: 24 }],
  ['1.2.840.113549.1.12.1.4', { name: 'des-ede-cbc', bytes: 16 }],
  ['1.2.840.113549.1.12.1.5', { name: 'rc2', bytes: 16 }],
  ['1.2.840.113549.1.12.1.6', { name: 'rc2', bytes: 5 }],
]);

/**
 * Decrypts what an AlgorithmIdentifier says. Throws CertificateError for absurd iteration counts, anything else when the
 * password is wrong, the scheme is unknown or the bytes are broken.
 */
export async function decrypted(
  algorithm: Asn1,
  bytes: Uint8Array,
  password: string | null,
  spend: Spend,
): Promise<Buffer> {
  const scheme = oidOf(child(algorithm, 0));
  const parameters = child(algorithm, 1);
  if (scheme === PBES2) return pbes2(parameters, bytes, password, spend);
  const cipher = LEGACY.get(scheme);
  if (cipher === undefined) throw new TypeError('unknown scheme');
  const salt = content(child(parameters, 0));
  const iterations = countIn(child(parameters, 1));
  spend(iterations);
  const derive = (purpose: number, length: number): Promise<Buffer> =>
    pkcs12Key(password, salt, { purpose, iterations, bytes: length, digest: 'sha1' });
  const key = await derive(PURPOSE.key, cipher.bytes);
  return deciphered(cipher.name, key, await derive(PURPOSE.vector, 8), bytes);
}

async function pbes2(
  parameters: Asn1,
  bytes: Uint8Array,
  password: string | null,
  spend: Spend,
): Promise<Buffer> {
  const cipher = CIPHERS.get(oidOf(child(child(parameters, 1), 0)));
  const [salt, count, ...others] = children(child(child(parameters, 0), 1));
  const prf = others.find((one) => typeof one.value !== 'string');
  const digest = prf === undefined ? 'sha1' : PRFS.get(oidOf(child(prf, 0)));
  if (cipher === undefined || salt === undefined || count === undefined || digest === undefined)
    throw new TypeError('unknown scheme');
  const iterations = countIn(count);
  spend(iterations);
  const key = await pbkdf2Key(password, content(salt), { iterations, bytes: cipher.bytes, digest });
  return deciphered(cipher.name, key, content(child(child(parameters, 1), 1)), bytes);
}

function deciphered(name: string, key: Buffer, vector: Buffer, bytes: Uint8Array): Buffer {
  if (name === 'rc2') return rc2(key, vector, bytes);
  const cipher = createDecipheriv(name, key, vector);
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
}

function rc2(key: Buffer, vector: Buffer, bytes: Uint8Array): Buffer {
  const cipher = forge.rc2.createDecryptionCipher(binary(key), key.length * 8);
  cipher.start(binary(vector));
  cipher.update(forge.util.createBuffer(binary(bytes)));
  if (!cipher.finish()) throw new TypeError('wrong password');
  return bytesOf(cipher.output.getBytes());
}

/** An encrypted PKCS#8 key; undefined when the password does not open it. Rejects with CertificateError for absurd counts. */
export async function openKey(der: Buffer, password: string, source: string): Promise<KeyObject | undefined> {
  try {
    const info = fromDer(der);
    const key = await decrypted(child(info, 0), content(child(info, 1)), password, iterationCounter(source));
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    return undefined; // node-forge and OpenSSL may quote what they choke on
  }
}
