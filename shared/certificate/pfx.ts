import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import forge from 'node-forge';
import { child, children, content, fromDer, type Node, oidOf, sequence, octets, toDer } from './asn1.ts';
import type { Bundle } from './pem.ts';
import { type Budget, checkMac, type Password, spend } from './derivation.ts';
import { CertificateError } from './error.ts';

/** PKCS#12 is RFC 7292; this reads what Key Vault, Windows, OpenSSL and Java write, with a password. */
const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  safeContentsBag: '1.2.840.113549.1.12.10.1.6',
} as const;

interface Opened {
  certificates: X509Certificate[];
  keys: KeyObject[];
}

/**
 * Opens a PKCS#12 bundle. Throws CertificateError, without a byte of it, when it is none, when the password does not open it,
 * or when its iteration counts add up to more than the budget: those are summed before anything is decrypted with them.
 */
export function readPfx(der: Uint8Array, password: string, source: string): Bundle {
  // Some writers take "no password" for the empty text, some for no text at all; key derivation tells them apart.
  for (const attempt of password === '' ? ['', null] : [password]) {
    const opened = tryPassword(der, attempt, { spent: 0, source });
    if (opened !== undefined) return opened;
  }
  const key = password === '' ? 'the empty password' : 'its password';
  throw new CertificateError(`secret ${source} is no PKCS#12 bundle that opens with ${key}`);
}

function tryPassword(der: Uint8Array, password: Password, budget: Budget): Opened | undefined {
  try {
    const pfx = fromDer(der);
    const safe = content(child(child(child(pfx, 1), 1), 0));
    const mac = children(pfx)[2];
    if (mac !== undefined) checkMac(mac, safe, password, budget);
    const opened: Opened = { certificates: [], keys: [] };
    for (const info of children(fromDer(safe))) openSafe(info, password, budget, opened);
    return opened;
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    return undefined; // node-forge and OpenSSL may quote what they choke on
  }
}

function openSafe(info: Node, password: Password, budget: Budget, opened: Opened): void {
  const kind = oidOf(child(info, 0));
  const inner = child(child(info, 1), 0);
  if (kind === OID.data) return openBags(fromDer(content(inner)), password, budget, opened);
  if (kind !== OID.encryptedData) throw new TypeError('unknown content');
  const encrypted = child(inner, 1);
  openBags(decrypted(child(encrypted, 1), child(encrypted, 2), password, budget), password, budget, opened);
}

function openBags(bags: Node, password: Password, budget: Budget, opened: Opened): void {
  for (const bag of children(bags)) {
    const value = child(child(bag, 1), 0);
    switch (oidOf(child(bag, 0))) {
      case OID.keyBag:
        opened.keys.push(privateKey(value));
        break;
      case OID.shroudedKeyBag:
        opened.keys.push(privateKey(decrypted(child(value, 0), child(value, 1), password, budget)));
        break;
      case OID.certBag:
        opened.certificates.push(new X509Certificate(content(child(child(value, 1), 0))));
        break;
      case OID.safeContentsBag:
        openBags(value, password, budget, opened);
        break;
      default: // revocation lists and foreign secrets are of no use here
    }
  }
}

function privateKey(info: Node): KeyObject {
  return createPrivateKey({ key: toDer(info), format: 'der', type: 'pkcs8' });
}

/** node-forge knows every scheme (PBES2, RC2, 3DES) but only for keys: what it decrypts is any ASN.1, though. */
function decrypted(algorithm: Node, bytes: Node, password: Password, budget: Budget): Node {
  spend(algorithm, budget);
  const info = sequence(algorithm, octets(content(bytes)));
  const opened: Node | null = forge.pki.decryptPrivateKeyInfo(info, password as string);
  if (opened === null) throw new TypeError('wrong password');
  return opened;
}
