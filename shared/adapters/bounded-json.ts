import { ExchangeFailure } from './exchange-failure.ts';

/** No object of ours is nested half as deep, managedFields of Kubernetes included. */
const MAX_DEPTH = 32;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
/** `{` and `[`, `}` and `]` differ from each other in this bit alone. */
const CASE = 0x20;
const [OPEN, CLOSE] = [0x7b, 0x7d];

/**
 * JSON, counted before it is parsed. Throws ExchangeFailure or SyntaxError.
 * @param values objects, lists and what they hold
 */
export function parseBounded(body: Buffer, values: number): unknown {
  checkShape(body, values);
  return JSON.parse(body.toString('utf8')) as unknown;
}

/**
 * Counts what a parser would have to make: it takes as long as there are values, and a few kilobytes on the wire may hold
 * millions. Throws ExchangeFailure; what is no JSON passes.
 */
export function checkShape(body: Buffer, values: number): void {
  let [count, depth] = [0, 0];
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) at = endOfText(body, at);
    else if (byte === COMMA) count += 1;
    else if ((byte | CASE) === OPEN) [count, depth] = [count + 1, depth + 1];
    else if ((byte | CASE) === CLOSE) depth -= 1;
    if (count > values) throw new ExchangeFailure('too-large', `its answer holds more than ${values} values`);
    if (depth > MAX_DEPTH)
      throw new ExchangeFailure('unusable', `unusable answer: nested deeper than ${MAX_DEPTH}`);
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
