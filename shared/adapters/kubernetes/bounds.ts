import { VaultcastError } from '../../errors.ts';

/** What an answer of one kind may be at most. */
export interface Bounds {
  /** Decompressed. */
  bytes: number;
  /** Objects, lists and what they hold: what parsing costs. */
  values: number;
}

const [KIB, MIB] = [1024, 1024 * 1024];

/**
 * Beyond what an API server stores: an object's data take at most 1 MiB, a third more in base64, and its annotations 256 KiB.
 * A page of 500 Secrets' metadata takes 0.5 MB and 25,000 values. Each is parsed within 50 ms.
 */
export const BOUNDS = {
  secret: { bytes: 2 * MIB, values: 40_000 },
  namespace: { bytes: MIB, values: 10_000 },
  page: { bytes: 4 * MIB, values: 60_000 },
  review: { bytes: 256 * KIB, values: 5000 },
  /** Any other answer than the one asked for. */
  refusal: { bytes: 256 * KIB, values: 5000 },
} as const satisfies Record<string, Bounds>;

export type Kind = keyof typeof BOUNDS;

/** No object of ours is nested half as deep, its managedFields included. */
const MAX_DEPTH = 32;

/** More than an answer of its kind may be; of a list, a smaller page may do. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
/** `{` and `[`, `}` and `]` differ from each other in this bit alone. */
const CASE = 0x20;
const [OPEN, CLOSE] = [0x7b, 0x7d];

/**
 * JSON, counted before it is parsed: a parser takes as long as it has values to make, and a few kilobytes on the wire may
 * hold millions. Throws AnswerTooLarge, CLUSTER_FAILED, or SyntaxError.
 */
export function parseBounded(body: Buffer, { values }: Bounds): unknown {
  checkShape(body, values);
  return JSON.parse(body.toString('utf8')) as unknown;
}

function checkShape(body: Buffer, values: number): void {
  let [count, depth] = [0, 0];
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) at = endOfText(body, at);
    else if (byte === COMMA) count += 1;
    else if ((byte | CASE) === OPEN) [count, depth] = [count + 1, depth + 1];
    else if ((byte | CASE) === CLOSE) depth -= 1;
    if (count > values) throw new AnswerTooLarge(`its answer holds more than ${values} values`);
    if (depth > MAX_DEPTH)
      throw new VaultcastError('CLUSTER_FAILED', `unusable answer: nested deeper than ${MAX_DEPTH}`);
  }
}

/** Where a text that begins at `start` ends; the end of the body when it does not. */
function endOfText(body: Buffer, start: number): number {
  for (let at = start + 1; at < body.length; at += 1) {
    if (body[at] === BACKSLASH) at += 1;
    else if (body[at] === QUOTE) return at;
  }
  return body.length;
}
