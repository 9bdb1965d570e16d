import { ExchangeFailure } from './exchange-failure.ts';

/** No object of ours is nested half as deep, managedFields of Kubernetes included. */
const MAX_DEPTH = 32;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** By byte: what it adds to values and to depth. */
const VALUES = new Uint8Array(256);
const DEPTHS = new Int8Array(256);
for (const byte of Buffer.from(',[{')) VALUES[byte] = 1;
for (const byte of Buffer.from('[{')) DEPTHS[byte] = 1;
for (const byte of Buffer.from(']}')) DEPTHS[byte] = -1;

/** A body, and whether its shape was counted already, while it came. */
interface Countable {
  body: Buffer;
  isCounted?: boolean;
}

/**
 * JSON, counted before it is parsed. Throws ExchangeFailure or SyntaxError.
 * @param values objects, lists and what they hold
 */
export function parseBounded(answer: Countable, values: number): unknown {
  checkShape(answer, values);
  return JSON.parse(answer.body.toString('utf8')) as unknown;
}

/** Counts what a parser would have to make of a whole text. Throws ExchangeFailure; what is no JSON passes. */
export function checkShape({ body, isCounted = false }: Countable, values: number): void {
  if (!isCounted) shapeCounter(values)(body);
}

/**
 * Counts what a parser would have to make, piece by piece as a text comes: it takes as long as there are values, and a few
 * kilobytes on the wire may hold millions. What it returns throws ExchangeFailure.
 */
export function shapeCounter(values: number): (piece: Buffer) => void {
  let [count, depth] = [0, 0];
  /** Bytes at the start of the next piece to be passed over, for a text goes on there. */
  let goesOn: number | undefined;
  return (piece) => {
    let at = goesOn === undefined ? 0 : endOfText(piece, goesOn) + 1;
    for (; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      count += VALUES[byte] ?? 0;
      depth += DEPTHS[byte] ?? 0;
      if (byte === QUOTE) at = endOfText(piece, at + 1);
      if (count > values || depth > MAX_DEPTH) throw beyond(count > values, values);
    }
    goesOn = at > piece.length ? at - piece.length - 1 : undefined;
  };
}

const beyond = (isLarge: boolean, values: number): ExchangeFailure =>
  isLarge
    ? new ExchangeFailure('too-large', `its answer holds more than ${values} values`)
    : new ExchangeFailure('unusable', `unusable answer: nested deeper than ${MAX_DEPTH}`);

/** Where a text ends that goes on at `from`: beyond the piece when it does not, one further after a backslash. */
function endOfText(piece: Buffer, from: number): number {
  let at = from;
  for (; at < piece.length; at += 1) {
    if (piece[at] === BACKSLASH) at += 1;
    else if (piece[at] === QUOTE) return at;
  }
  return at;
}
