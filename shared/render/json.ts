import { RenderRefusal } from './refusal.ts';

/** Parsed JSON. A number is held as it is written, as the engine's raw JSON (`isNumber` tells). */
export type Json = string | boolean | null | object;

/** Node 24 has JSON.parse with source text access; TypeScript's library does not describe it yet. */
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): Json;
  rawJSON(text: string): { rawJSON: string };
  isRawJSON(value: unknown): value is { rawJSON: string };
}

const exact = JSON as unknown as ExactJson;

export const isNumber = (value: unknown): value is { rawJSON: string } => exact.isRawJSON(value);

/** A number that is written as `text` when it is made JSON again. */
export const numberAs = (text: string): { rawJSON: string } => exact.rawJSON(text);

/**
 * A byte order mark and blanks around the document are none of its matter. An object that has a name twice is refused: readers
 * do not agree on which of the two values counts. `what` names the text in the refusal; the text itself, or a part of it, never
 * stands there.
 */
export function parseJson(text: string, what: string): Json {
  const found = parsed(text);
  if ('problem' in found) throw new RenderRefusal(`${what} ${found.problem}`);
  return withNamesOnce(found.json, text, what);
}

/** The same of a text that may be something else: undefined when it is no JSON. */
export function jsonIfAny(text: string, what: string): Json | undefined {
  const found = parsed(text);
  return 'problem' in found ? undefined : withNamesOnce(found.json, text, what);
}

function parsed(text: string): { json: Json } | { problem: string } {
  try {
    const json = exact.parse(text.replace(/^\uFEFF/, ''), (_, value, { source }) =>
      typeof value === 'number' ? exact.rawJSON(source ?? String(value)) : value,
    );
    return { json };
  } catch (error) {
    return { problem: error instanceof RangeError ? 'is nested too deep' : 'is not JSON' };
  }
}

function withNamesOnce(json: Json, text: string, what: string): Json {
  const line = lineOfRepeatedName(text);
  if (line === undefined) return json;
  const message = `${what} has a property that stands twice in its object`;
  throw new RenderRefusal(message, { detail: `${message}: line ${line}` });
}

/** What of a JSON text tells its names: texts, with the colon that makes one a name, and where objects begin and end. */
const TOKEN = /("[^"\\]*(?:\\[^]?[^"\\]*)*"?)(\s*:)?|[{}]/g;

/** The parser keeps the last of two properties and says nothing. `text` is JSON. */
function lineOfRepeatedName(text: string): number | undefined {
  const open: Set<unknown>[] = [];
  for (const { 0: token, 1: quoted = '', 2: colon, index } of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined) {
      const names = open.at(-1);
      // As it is meant, not as it is written: `a` may be `\u0061`.
      const name: unknown = JSON.parse(quoted);
      if (names?.has(name)) return text.slice(0, index).split('\n').length;
      names?.add(name);
    }
  }
  return undefined;
}

/** A JSON object, not a list and not a number. */
export function isJsonObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumber(value);
}

/** A string as it is, everything else as JSON text with numbers spelled as written. */
export function jsonText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The text of what must be one: a number or a truth value is taken as it is written, nothing else names or proves anybody. */
export function plainText(json: Json, what: string): string {
  if (typeof json === 'string' || typeof json === 'boolean' || isNumber(json)) return jsonText(json);
  throw new RenderRefusal(`${what} must be a text`);
}

/** What stands under a property name; undefined when there is none. */
export function propertyOf(json: Json, name: string): Json | undefined {
  return isJsonObject(json) && Object.hasOwn(json, name) ? json[name] : undefined;
}

/** What stands at a JSON Pointer (RFC 6901): `/db/hosts/0`, with `~1` for `/` and `~0` for `~` inside a name. */
export function pointedAt(json: Json, pointer: string): Json | undefined {
  let here: Json | undefined = json;
  for (const token of pointer.split('/').slice(1)) {
    if (here === undefined) return undefined;
    here = childOf(here, token.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return here;
}

function childOf(json: Json, name: string): Json | undefined {
  if (!Array.isArray(json)) return propertyOf(json, name);
  const list: readonly Json[] = json;
  return /^(?:0|[1-9]\d*)$/.test(name) ? list[Number(name)] : undefined;
}
