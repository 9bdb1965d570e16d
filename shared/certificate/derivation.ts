import { createHmac, timingSafeEqual } from 'node:crypto';
import forge from 'node-forge';
import { binary, bytesOf, child, children, content, type Node, oidOf } from './asn1.ts';
import { CertificateError } from './error.ts';

/** Key derivation runs in this thread: node-forge does about 100,000 iterations a second. */
const MAX_ITERATIONS = 200_000;

/** `null`: no password at all, which derives other keys than the empty one. */
export type Password = string | null;

/** What opening one bundle has cost so far. */
export interface Budget {
  spent: number;
  source: string;
}

/** Counts the iterations an algorithm asks for before they are run. They are the only large integers in its parameters. */
export function spend(algorithm: Node, budget: Budget): void {
  budget.spent += integersIn(algorithm);
  if (budget.spent > MAX_ITERATIONS)
    throw new CertificateError(
      `secret ${budget.source} is a PKCS#12 bundle that asks for more than ${MAX_ITERATIONS} iterations`,
    );
}

function integersIn(node: Node): number {
  if (typeof node.value !== 'string') return node.value.reduce((sum, part) => sum + integersIn(part), 0);
  const isInteger = node.tagClass === forge.asn1.Class.UNIVERSAL && node.type === forge.asn1.Type.INTEGER;
  // Unsigned on purpose: a negative or huge count is refused like any other absurd one.
  return isInteger ? Number(`0x${bytesOf(node.value).toString('hex') || '0'}`) : 0;
}

const DIGESTS: Readonly<Record<string, { name: string; bytes: number; make(): forge.md.MessageDigest }>> = {
  '1.3.14.3.2.26': { name: 'sha1', bytes: 20, make: () => forge.md.sha1.create() },
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', bytes: 32, make: () => forge.md.sha256.create() },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', bytes: 48, make: () => forge.md.sha384.create() },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', bytes: 64, make: () => forge.md.sha512.create() },
};

/** The MAC of RFC 7292, appendix B, over the authenticated safe. */
export function pfxMac(
  safe: Uint8Array,
  password: Password,
  salt: Uint8Array,
  iterations: number,
  digest: string,
) {
  const known = DIGESTS[digest];
  if (known === undefined) throw new TypeError('unknown digest');
  const salted = forge.util.createBuffer(binary(salt));
  const key = forge.pkcs12.generateKey(password, salted, 3, iterations, known.bytes, known.make());
  return createHmac(known.name, bytesOf(key.getBytes())).update(safe).digest();
}

/** MacData: DigestInfo, salt, iterations (1 when absent). Throws when the MAC is not the one the password makes. */
export function checkMac(mac: Node, safe: Uint8Array, password: Password, budget: Budget): void {
  const info = child(mac, 0);
  const count = children(mac)[2];
  if (count !== undefined) spend(count, budget);
  const iterations = count === undefined ? 1 : integersIn(count);
  const made = pfxMac(safe, password, content(child(mac, 1)), iterations, oidOf(child(child(info, 0), 0)));
  const found = content(child(info, 1));
  if (made.length !== found.length || !timingSafeEqual(made, found)) throw new TypeError('wrong password');
}
