const [C1, C2] = [0x239b_961b, 0xab0e_9789];
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** One 32-bit lane: all arithmetic wraps. */
const times = (a: number, b: number): number => Math.imul(a, b) >>> 0;
const plus = (a: number, b: number): number => (a + b) >>> 0;
const rotate = (value: number, by: number): number => ((value << by) | (value >>> (32 - by))) >>> 0;

const mixFirst = (k: number): number => times(rotate(times(k, C1), 15), C2);
const mixSecond = (k: number): number => times(rotate(times(k, C2), 17), C1);

/** The last step of MurmurHash3: every bit of the input reaches every bit of the result. */
function finish(lane: number): number {
  const first = times(lane ^ (lane >>> 16), 0x85eb_ca6b);
  const second = times(first ^ (first >>> 13), 0xc2b2_ae35);
  return (second ^ (second >>> 16)) >>> 0;
}

/** Up to four bytes, little-endian; fewer at the end. */
function word(bytes: Buffer, from: number, to: number): number {
  return [...bytes.subarray(from, to)].reduce((sum, byte, i) => (sum | (byte << (8 * i))) >>> 0, 0);
}

function hash(bytes: Buffer): [number, number] {
  let [h1, h2] = [0, 0];
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) {
    h1 = plus(times(plus(rotate((h1 ^ mixFirst(bytes.readUInt32LE(at))) >>> 0, 19), h2), 5), 0x561c_cd1b);
    h2 = plus(
      times(plus(rotate((h2 ^ mixSecond(bytes.readUInt32LE(at + 4))) >>> 0, 13), h1), 5),
      0x0bca_a747,
    );
  }
  const rest = bytes.subarray(whole);
  if (rest.length > 4) h2 = (h2 ^ mixSecond(word(rest, 4, 8))) >>> 0;
  if (rest.length > 0) h1 = (h1 ^ mixFirst(word(rest, 0, 4))) >>> 0;
  h1 = (h1 ^ bytes.length) >>> 0;
  h2 = (h2 ^ bytes.length) >>> 0;
  h1 = plus(h1, h2);
  h2 = plus(h2, h1);
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = plus(h1, h2);
  return [h1, plus(h2, h1)];
}

/**
 * What Azure Resource Manager's `uniqueString` gives: 13 characters of a-z and 2-7, always the same for the same
 * arguments. The templates name storage accounts and the function app with it, so this tells their names beforehand.
 */
export function uniqueString(...parts: readonly string[]): string {
  const [low, high] = hash(Buffer.from(parts.join('-'), 'utf8'));
  const bits = ((BigInt(high) << 32n) | BigInt(low)) << 1n;
  const letter = (_: unknown, i: number): string =>
    ALPHABET[Number((bits >> BigInt(60 - 5 * i)) & 31n)] ?? '';
  return Array.from({ length: 13 }, letter).join('');
}
