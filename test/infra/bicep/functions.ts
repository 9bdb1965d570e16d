import { createHash } from 'node:crypto';
import { uniqueString } from '../../../infra/preflight/unique-string.ts';
import { call, holdsDeferred, isDeferred } from './deferred.ts';

type Lambda = (...args: unknown[]) => unknown;
type Builtin = (...args: never[]) => unknown;

/** Namespace of `guid`, from Azure Resource Manager. */
const NAMESPACE = Buffer.from('11fb06fb712d4ddd98c7e71bbd588830', 'hex');

/** UUID version 5 of the arguments joined by `-`. */
function guid(...parts: readonly string[]): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(parts.join('-')).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const keyOf = (value: unknown): string => JSON.stringify(value);

function unionOf(first: unknown, ...others: unknown[]): unknown {
  if (!Array.isArray(first)) return Object.assign({}, first, ...others) as unknown;
  const all = [first, ...(others as unknown[][])].flat();
  return [...new Map(all.map((item) => [keyOf(item), item])).values()];
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function contains(whole: unknown, part: unknown): boolean {
  if (typeof whole === 'string') return whole.includes(String(part));
  if (Array.isArray(whole)) return whole.map(keyOf).includes(keyOf(part));
  return typeof whole === 'object' && whole !== null && Object.hasOwn(whole, String(part));
}

function ended(problem: string): never {
  throw new Error(problem);
}

/** Work on the container, so what is inside may be unknown. */
const OVER_CONTAINERS: Record<string, Builtin> = {
  array: (value: unknown) => (Array.isArray(value) ? value : [value]),
  concat: (...parts: unknown[][]) => parts.flat(1),
  contains,
  empty: isEmpty,
  filter: (items: unknown[], keep: Lambda) => items.filter((item) => keep(item)),
  first: (items: unknown[] | string) => items[0] ?? null,
  flatten: (items: unknown[]) => items.flat(1),
  last: (items: unknown[] | string) => items.at(-1) ?? null,
  length: (items: unknown[] | string) => items.length,
  map: (items: unknown[], change: Lambda) => items.map((item) => change(item)),
  range: (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i),
  toObject: (items: unknown[], key: Lambda, value: Lambda = (item) => item) =>
    Object.fromEntries(items.map((item) => [key(item), value(item)])) as unknown,
  union: unionOf,
};

/** Need every part of their arguments: with one unknown, the result is. */
const OVER_TEXTS: Record<string, Builtin> = {
  endsWith: (text: string, part: string) => text.toLowerCase().endsWith(part.toLowerCase()),
  fail: ended,
  guid,
  int: (value: string | number) => Number(value),
  join: (parts: string[], by: string) => parts.join(by),
  json: (text: string) => JSON.parse(text) as unknown,
  replace: (text: string, old: string, fresh: string) => text.replaceAll(old, fresh),
  split: (text: string, by: string) => text.split(by),
  startsWith: (text: string, part: string) => text.toLowerCase().startsWith(part.toLowerCase()),
  string: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
  substring: (text: string, from: number, length?: number) =>
    text.slice(from, length === undefined ? undefined : from + length),
  take: (items: unknown[] | string, count: number) => items.slice(0, count),
  toLower: (text: string) => text.toLowerCase(),
  trim: (text: string) => text.trim(),
  uniqueString,
  uriComponent: (text: string) =>
    encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
};

/** Functions of Bicep that depend on nothing but their arguments; undefined when the name is none of them. */
export function builtin(name: string): Lambda | undefined {
  if (Object.hasOwn(OVER_CONTAINERS, name)) {
    const run = OVER_CONTAINERS[name] as Lambda;
    // What only a deployment knows here are ids, addresses and keys: none of them is ever empty.
    if (name === 'empty') return (value) => !isDeferred(value) && run(value);
    return (...args) => (args.some(isDeferred) ? call(name, args) : run(...args));
  }
  if (!Object.hasOwn(OVER_TEXTS, name)) return undefined;
  const run = OVER_TEXTS[name] as Lambda;
  return (...args) => (args.some(holdsDeferred) ? call(name, args) : run(...args));
}
