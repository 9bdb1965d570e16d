import type { KeyObject } from 'node:crypto';
import { createHmac, createPrivateKey, timingSafeEqual, X509Certificate } from 'node:crypto';
import type { asn1 } from 'node-forge';
import { child, children, content, countIn, fromDer, oidOf, toDer } from './asn1.ts';
import { type Bundle, CertificateError } from './bundle.ts';
import { iterationCounter, pkcs12Key, PURPOSE } from './derivation.ts';
import { decrypted } from './encryption.ts';

/** PKCS#12 is RFC 7292; this reads what Key Vault, Windows, OpenSSL and Java write, with a password. */
const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  safeContentsBag: '1.2.840.113549.1.12.10.1.6',
} as const;

const DIGESTS = new Map([
  ['1.3.14.3.2.26', { name: 'sha1', bytes: 20 }],
  ['2.16.840.1.101.3.4.2.4', { name: 'sha224', bytes: 28 }],
  ['2.16.840.1.101.3.4.2.1', { name: 'sha256', bytes: 32 }],
  ['2.16.840.1.101.3.4.2.2', { name: 'sha384', bytes: 48 }],
  ['2.16.840.1.101.3.4.2.3', { name: 'sha512', bytes: 64 }],
]);

/** One try to open a bundle with one password. */
interface Try {
  password: string | null;
  spend: (iterations: number) => void;
  certificates: X509Certificate[];
  keys: KeyObject[];
}

/**
 * Opens a PKCS#12 bundle. Rejects with CertificateError, without a byte of it, when it is none, when neither the empty
 * password nor the given one opens it, or when its iteration counts add up to too much: those are summed before anything is
 * decrypted with them.
 */
export async function readPfx(
  der: Uint8Array,
  { source, password }: { source: string; password?: string | undefined },
): Promise<Bundle> {
  const safe = safeIn(der);
  if (safe === undefined)
    throw new CertificateError(`secret ${source} holds no certificate: it is neither PEM nor PKCS#12`);
  // Some writers take "no password" for the empty text, some for no text at all; key derivation tells them apart.
  for (const attempt of ['', null, ...(password === undefined ? [] : [password])]) {
    const opened = await tried(safe, attempt, source);
    if (opened !== undefined) return opened;
  }
  const hint =
    password === undefined
      ? 'the empty password: a route of layout explicit can name another'
      : 'the password of the route';
  throw new CertificateError(`secret ${source} is a PKCS#12 bundle that does not open with ${hint}`);
}

interface Safe {
  contents: Buffer;
  mac: asn1.Asn1 | undefined;
}

function safeIn(der: Uint8Array): Safe | undefined {
  try {
    const pfx = fromDer(der);
    return { contents: content(child(child(child(pfx, 1), 1), 0)), mac: children(pfx)[2] };
  } catch {
    return undefined; // node-forge may quote what it chokes on
  }
}

async function tried(
  { contents, mac }: Safe,
  password: string | null,
  source: string,
): Promise<Bundle | undefined> {
  const opening: Try = { password, spend: iterationCounter(source), certificates: [], keys: [] };
  try {
    if (mac !== undefined) await checkMac(mac, contents, opening);
    for (const info of children(fromDer(contents))) await openSafe(info, opening);
    return { certificates: opening.certificates, keys: opening.keys };
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    return undefined; // node-forge and OpenSSL may quote what they choke on
  }
}

/** MacData: DigestInfo, salt, iterations (1 when absent). Throws when the MAC is not the one the password makes. */
async function checkMac(mac: asn1.Asn1, contents: Buffer, { password, spend }: Try): Promise<void> {
  const info = child(mac, 0);
  const digest = DIGESTS.get(oidOf(child(child(info, 0), 0)));
  if (digest === undefined) throw new TypeError('unknown digest');
  const count = children(mac)[2];
  const iterations = count === undefined ? 1 : countIn(count);
  spend(iterations);
  const wish = { purpose: PURPOSE.mac, iterations, bytes: digest.bytes, digest: digest.name };
  const key = await pkcs12Key(password, content(child(mac, 1)), wish);
  const made = createHmac(digest.name, key).update(contents).digest();
  const found = content(child(info, 1));
  if (made.length !== found.length || !timingSafeEqual(made, found)) throw new TypeError('wrong password');
}

async function openSafe(info: asn1.Asn1, opening: Try): Promise<void> {
  const kind = oidOf(child(info, 0));
  const inner = child(child(info, 1), 0);
  if (kind === OID.data) return openBags(fromDer(content(inner)), opening);
  if (kind !== OID.encryptedData) throw new TypeError('unknown content');
  const sealed = child(inner, 1);
  const bags = await decrypted(child(sealed, 1), content(child(sealed, 2)), opening.password, opening.spend);
  return openBags(fromDer(bags), opening);
}

async function openBags(bags: asn1.Asn1, opening: Try): Promise<void> {
  for (const bag of children(bags)) {
    const value = child(child(bag, 1), 0);
    switch (oidOf(child(bag, 0))) {
      case OID.keyBag:
        opening.keys.push(privateKey(toDer(value)));
        break;
      case OID.shroudedKeyBag: {
        const sealed = content(child(value, 1));
        opening.keys.push(
          privateKey(await decrypted(child(value, 0), sealed, opening.password, opening.spend)),
        );
        break;
      }
      case OID.certBag:
        opening.certificates.push(new X509Certificate(content(child(child(value, 1), 0))));
        break;
      case OID.safeContentsBag:
        await openBags(value, opening);
        break;
      default: // revocation lists and foreign secrets are of no use here
    }
  }
}

function privateKey(der: Buffer): KeyObject {
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}
