import { hash, pbkdf2 } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CertificateError } from './bundle.ts';

/** `null`: no password at all, from which PKCS#12 derives other keys than from the empty one. */
type Password = string | null;

/** What opening one bundle may cost in all. A round takes about a microsecond. */
const MAX_ITERATIONS = 200_000;

/** Rounds between two looks at what else the process has to do: a few milliseconds. */
const ROUNDS_AT_ONCE = 2000;

/** Digest -> bytes it gives, bytes it takes at once. */
const DIGESTS = {
  sha1: { size: 20, block: 64 },
  sha224: { size: 28, block: 64 },
  sha256: { size: 32, block: 64 },
  sha384: { size: 48, block: 128 },
  sha512: { size: 64, block: 128 },
} as const;

type Digest = keyof typeof DIGESTS;

const isDigest = (name: string): name is Digest => Object.hasOwn(DIGESTS, name);

/** Counts iterations before they are run. Throws CertificateError beyond the limit. */
export function iterationCounter(source: string): (iterations: number) => void {
  let spent = 0;
  return (iterations) => {
    spent += iterations;
    if (!(spent <= MAX_ITERATIONS))
      throw new CertificateError(
        `secret ${source} is encrypted with more than ${MAX_ITERATIONS} iterations: protect it with fewer`,
      );
  };
}

/** PBKDF2 (RFC 8018), in a thread of its own. */
export async function pbkdf2Key(
  password: Password,
  salt: Uint8Array,
  { iterations, bytes, digest }: { iterations: number; bytes: number; digest: string },
): Promise<Buffer> {
  return promisify(pbkdf2)(password ?? '', salt, iterations, bytes, digest);
}

/** What a derived key is for: the identifiers of RFC 7292, appendix B.3. */
export const PURPOSE = { key: 1, vector: 2, mac: 3 } as const;

/** The key derivation of RFC 7292, appendix B.2, which Node does not have. It lets the process breathe in between. */
export async function pkcs12Key(
  password: Password,
  salt: Uint8Array,
  wish: { purpose: number; iterations: number; bytes: number; digest: string },
): Promise<Buffer> {
  if (!isDigest(wish.digest)) throw new TypeError('unknown digest');
  const { size, block } = DIGESTS[wish.digest];
  const diversifier = Buffer.alloc(block, wish.purpose);
  let mixed = Buffer.concat([filled(Buffer.from(salt), block), filled(bmp(password), block)]);
  const parts: Buffer[] = [];
  for (let made = 0; made < wish.bytes; made += size) {
    const part = await rounds(Buffer.concat([diversifier, mixed]), wish.digest, wish.iterations);
    parts.push(part);
    mixed = stirred(mixed, filled(part, block), block);
  }
  return Buffer.concat(parts).subarray(0, wish.bytes);
}

async function rounds(start: Buffer, digest: Digest, count: number): Promise<Buffer> {
  let result = start;
  for (let round = 0; round < count; round += 1) {
    if (round % ROUNDS_AT_ONCE === ROUNDS_AT_ONCE - 1) await pause();
    result = hash(digest, result, 'buffer');
  }
  return result;
}

/** The password in UTF-16, big endian, with a zero at its end; nothing for no password. */
function bmp(password: Password): Buffer {
  return password === null ? Buffer.alloc(0) : Buffer.from(`${password}\0`, 'utf16le').swap16();
}

/** Repeated to a multiple of the block's length. */
function filled(bytes: Buffer, block: number): Buffer {
  return bytes.length === 0 ? bytes : Buffer.alloc(block * Math.ceil(bytes.length / block), bytes);
}

/** Adds the part, plus one, to every block, modulo the block's size. */
function stirred(mixed: Buffer, part: Buffer, block: number): Buffer<ArrayBuffer> {
  const result = Buffer.from(mixed);
  for (let start = 0; start < result.length; start += block) {
    let carry = 1;
    for (let at = block - 1; at >= 0; at -= 1) {
      const sum = (result[start + at] ?? 0) + (part[at] ?? 0) + carry;
      result[start + at] = sum & 0xff;
      carry = sum >> 8;
    }
  }
  return result;
}
