import { decoded, utf8Text } from './bytes.ts';
import { propertiesValue } from './formats/properties.ts';
import { isNumber, type Json, numberAs, parseJson } from './json.ts';

/** Liquid's own tags that neither look elsewhere (include, render, layout) nor count between uses. */
export const KEPT_TAGS = new Set(
  'assign break capture case comment # continue echo for if liquid raw unless'.split(' '),
);

const NUMBERS = 'abs at_least at_most ceil divided_by floor minus modulo plus round times';
const TEXTS =
  'append capitalize downcase escape lstrip prepend remove remove_first remove_last replace replace_first ' +
  'replace_last rstrip slice split strip strip_newlines upcase';
const LISTS = 'compact concat first join last map reverse size sort uniq where';

/** Liquid's own filters that give the same result on every machine and day: no dates, no chance, no locale. */
export const KEPT_FILTERS = new Set(`${NUMBERS} ${TEXTS} ${LISTS} default`.split(' '));

/** A number of a JSON document inside a template: printed and written as it stands there. */
interface WrittenNumber {
  toString: () => string;
  toJSON: () => object;
}

function writtenNumber(text: string): WrittenNumber {
  return { toString: () => text, toJSON: () => numberAs(text) };
}

function usable(json: Json): unknown {
  if (isNumber(json)) return writtenNumber(json.rawJSON);
  if (Array.isArray(json)) return json.map((item: Json) => usable(item));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, usable(value as Json)]));
}

/** A list or an object of a JSON document has no text of its own: that is what the filter json is for. */
function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return Array.isArray(value)
    ? JSON.stringify(value)
    : (value as WrittenNumber | number | boolean).toString();
}

/** RFC 3986: everything but unreserved characters, so that it fits into any part of a URL. */
const percentEncoded = (value: string): string =>
  encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** ADO.NET and ODBC style: quoted when needed, a quote inside doubled. */
function connectionValue(value: string): string {
  return /^[A-Za-z0-9_./:\\@+-]+$/.test(value) ? value : `"${value.replaceAll('"', '""')}"`;
}

/** libpq keyword/value style: in single quotes, quotes and backslashes escaped. */
const libpqValue = (value: string): string => `'${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`;

/** Every line after the first, so that the template's own indentation stands before the first. */
const indented = (value: string, spaces: number): string =>
  value.replaceAll('\n', `\n${' '.repeat(Math.min(Math.max(spaces, 0), 100))}`);

/** The helpers of vaultcast; they win over Liquid's own of the same name. */
export const FILTERS: Readonly<Record<string, (value: unknown, argument?: unknown) => unknown>> = {
  base64_encode: (value) => Buffer.from(asText(value), 'utf8').toString('base64'),
  base64_decode: (value) =>
    utf8Text(decoded(asText(value), 'base64', 'gives base64_decode what'), 'gives base64_decode what'),
  connection_value: (value) => connectionValue(asText(value)),
  from_json: (value) => usable(parseJson(asText(value), 'gives from_json what')),
  indent: (value, spaces) => indented(asText(value), Number(spaces ?? 2)),
  json: (value) => JSON.stringify(value ?? null),
  libpq_value: (value) => libpqValue(asText(value)),
  properties_value: (value) => propertiesValue(asText(value)),
  url_decode: (value) => decodeURIComponent(asText(value)),
  url_encode: (value) => percentEncoded(asText(value)),
};
