import type { takingsOf } from '../registry/data-entry.ts';
import type { Route } from '../registry/document.ts';
import type { SourceVersion } from '../source/source.ts';
import { decoded, textBytes, unescaped, utf8Text } from './bytes.ts';
import { documentOf } from './formats/document.ts';
import { type Json, jsonText, plainText, pointedAt, propertyOf } from './json.ts';
import { blaming, RenderRefusal } from './refusal.ts';
import { valueBytes, valueOf, valueText } from './value.ts';

/** What is taken of a secret's value, and how it is encoded. */
interface Taking {
  secret: string;
  /** The part that is meant; undefined for the whole value. */
  part: { by: 'property' | 'pointer'; at: string } | undefined;
  format: Route['spec']['format'];
  /** Of the whole value: it wins over the secret's own tag. */
  encoding: Route['spec']['encoding'];
  /** Of the part that is meant. */
  partEncoding: Route['spec']['encoding'];
  unescapeNewlines: boolean;
  /** Whether what is meant must be a text, because of the key that it becomes. */
  mustBeText: boolean;
}

type Written = ReturnType<typeof takingsOf>[number];
type Part = NonNullable<Taking['part']>;

/**
 * An encoding is of the property that is chosen beside it, otherwise of the whole value: so a route's own is of whole values,
 * which are decoded before anything is looked for in them. `key`: what it becomes, when it becomes one by itself.
 */
export function takingOf(route: Route, written: Written, key?: string): Taking {
  const { spec } = route;
  const { secret, property, pointer } = written;
  const part = partOf(property, pointer);
  return {
    secret,
    part,
    format: written.format ?? spec.format,
    encoding: part === undefined ? (written.encoding ?? spec.encoding) : spec.encoding,
    partEncoding: part === undefined ? undefined : written.encoding,
    unescapeNewlines: written.unescapeNewlines ?? spec.unescapeNewlines,
    mustBeText: key !== undefined && isTextKey(route, key),
  };
}

const TEXT_KEYS = new Map([
  ['kubernetes.io/basic-auth', ['username', 'password']],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
]);

/** Whether the type of the Secret has a text under this key: a null or a list of JSON would be delivered as its spelling. */
export const isTextKey = ({ spec }: Route, key: string): boolean =>
  TEXT_KEYS.get(spec.type)?.includes(key) === true;

const textOf = (text: string, { unescapeNewlines }: Taking): string =>
  unescapeNewlines ? unescaped(text) : text;

/** The whole value as bytes, at once. Throws RenderRefusal. */
export function wholeBytes(version: SourceVersion, taking: Taking): Uint8Array {
  const { secret, encoding, unescapeNewlines } = taking;
  const bytes = valueBytes(version, secret, encoding);
  const what = valueOf(secret);
  return unescapeNewlines ? textBytes(unescaped(utf8Text(bytes, what)), what) : bytes;
}

/** The bytes of what is taken. Rejects with RenderRefusal. */
export async function takenBytes(version: SourceVersion, taking: Taking): Promise<Uint8Array> {
  const { part, secret, partEncoding = 'utf-8', unescapeNewlines, mustBeText } = taking;
  return blaming(secret, async () => {
    if (part === undefined) return wholeBytes(version, taking);
    const what = nameOf(taking, part);
    const json = await found(version, taking, part);
    const bytes = decoded(mustBeText ? plainText(json, what) : jsonText(json), partEncoding, what);
    return unescapeNewlines ? textBytes(unescaped(utf8Text(bytes, what)), what) : bytes;
  });
}

/** The text of what is taken: a binary encoding must hold UTF-8. Rejects with RenderRefusal. */
export async function takenText(version: SourceVersion, taking: Taking): Promise<string> {
  return jsonText(await takenJson(version, taking));
}

/** The same as JSON: whole values and decoded ones are texts, a property keeps the kind it has. */
export async function takenJson(version: SourceVersion, taking: Taking): Promise<Json> {
  const { part, secret, encoding, partEncoding } = taking;
  return blaming(secret, async () => {
    if (part === undefined) return textOf(valueText(version, secret, encoding), taking);
    const json = await found(version, taking, part);
    if (partEncoding === undefined) return typeof json === 'string' ? textOf(json, taking) : json;
    const what = nameOf(taking, part);
    return textOf(utf8Text(decoded(jsonText(json), partEncoding, what), what), taking);
  });
}

/** The document that a value holds, whole. Rejects with RenderRefusal. */
export async function takenDocument(
  version: SourceVersion,
  { secret, encoding, format = 'json' }: Pick<Taking, 'secret' | 'encoding' | 'format'>,
): Promise<Json> {
  return blaming(secret, () => documentOf(valueText(version, secret, encoding), format, valueOf(secret)));
}

function partOf(property: string | undefined, pointer: string | undefined): Taking['part'] {
  if (property !== undefined) return { by: 'property', at: property };
  return pointer === undefined ? undefined : { by: 'pointer', at: pointer };
}

async function found(version: SourceVersion, taking: Taking, part: Part): Promise<Json> {
  const document = await takenDocument(version, taking);
  const isPointer = part.by === 'pointer';
  const json = isPointer ? pointedAt(document, part.at) : propertyOf(document, part.at);
  if (json !== undefined) return json;
  const wanted = isPointer ? 'nothing at' : 'no property';
  throw new RenderRefusal(`secret ${taking.secret} has ${wanted} ${part.at}`);
}

const nameOf = ({ secret }: Taking, { at }: Part): string => `${at} of secret ${secret}`;
