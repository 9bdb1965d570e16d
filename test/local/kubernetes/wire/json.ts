import { badRequest } from './status.ts';

/** Request bodies, refused in the words of Go's decoder: these quote the body, which clients must not log. */

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const kindOf = (value: unknown) =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

function summary(body: string): string {
  if (body === '') return '<empty>';
  const data = Buffer.from(body);
  const text = (part: Buffer) => (body.startsWith('{') ? part.toString('utf8') : part.toString('hex'));
  return data.length > 30 ? `${text(data.subarray(0, 30))} ...` : text(data);
}

/** Go's wording for the commonest ways in which JSON is broken. */
function brokenJson(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const [, token] = /^Unexpected token '(.)'/u.exec(message) ?? [];
  return token === undefined
    ? 'unexpected end of JSON input'
    : `invalid character '${token}' looking for beginning of value`;
}

type Parsed = { object: Json } | { object?: undefined; problem: string };

export function parseJson(body: string): Parsed {
  const prefix = "couldn't get version/kind; json parse error:";
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value)) return { object: value };
    return { problem: `${prefix} json: cannot unmarshal ${kindOf(value)} into Go value of type struct` };
  } catch (error) {
    return { problem: `${prefix} ${brokenJson(error)}` };
  }
}

/** @throws Refusal 400 with the first 30 bytes of the body */
export function parseObject(body: string, kind: string): Json {
  const parsed = parseJson(body);
  if (parsed.object) return parsed.object;
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind}): ${parsed.problem} (${summary(body)})`,
  );
}

export const notRegistered = (kind: unknown, version: unknown): string =>
  `no kind "${String(kind)}" is registered for version "${String(version)}" in scheme "pkg/runtime/scheme.go:111"`;
