import fc from 'fast-check';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Texts that broke something once, somewhere. */
const KNOWN = [
  '',
  ' ',
  '.',
  '..',
  '../../secrets/other',
  '%2e%2e%2f',
  '%00',
  '\0',
  "'",
  "' or PartitionKey ne '",
  "app-1--' or '1' eq '1",
  '"',
  '`',
  '\\',
  '\r\n{"time":"2026-11-20T00:00:00.000Z","level":"error","code":"GAVE_UP","message":"forged"}',
  'a\nb',
  '\u2028\u2029',
  '\u202Egnirts',
  '\u212A',
  '\uD800',
  '\u{1F511}',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'length',
  '$where',
  '${process.env.PATH}',
  '{{ secrets }}',
  '%s%d%j',
  '-',
  '--',
  '---',
  'app-1---pg',
  'app-1--',
  '--x',
  'https://evil.example/secrets/app-1--pg--password',
  'https://team.vault.azure.net@evil.example/secrets/x',
  'https://team.vault.azure.net.evil.example/secrets/x',
  'https://team.vault.azure.net:444/secrets/app-1--pg--password',
  '//evil.example',
  'file:///etc/passwd',
  '127.0.0.1',
  '169.254.169.254',
  'NaN',
  '1e999',
  '9007199254740993',
  '<!doctype html><title>Sign in</title>',
  'x'.repeat(10_000),
  'a--'.repeat(4000),
  '\u0000'.repeat(5000),
] as const;

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KNOWN) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40, size: 'max' }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 140, size: 'max' }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...KNOWN), fc.string({ maxLength: 9 }))
      .map((parts) => parts.join('')),
  },
);

const NUMBERS = [0, -0, -1, 0.5, 1e21, -1e300, Number.MAX_VALUE, 2 ** 53, 253_402_300_800, 8.64e15, 8.65e15];

/** Lists or objects in each other, about as deep as tests can write them; texts go deeper. */
const deep = fc.tuple(fc.integer({ min: 10, max: 1500 }), fc.boolean()).map(([depth, isList]): JsonValue => {
  let value: JsonValue = 'bottom';
  for (let level = 0; level < depth; level += 1) value = isList ? [value] : { data: value };
  return value;
});

/** As JSON.parse makes it: the key is the object's own. */
const polluting = fc.constantFrom<JsonValue>(
  JSON.parse('{"__proto__":{"polluted":true}}') as JsonValue,
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}') as JsonValue,
  JSON.parse('{"__proto__":null,"toString":1,"then":{}}') as JsonValue,
);

export const hostileJson: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 5, arbitrary: hostileText },
  { weight: 2, arbitrary: fc.constantFrom<JsonValue>(...NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom<JsonValue>(null, true, false, [], {}, [[]], [null], ['a', 'b']) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue> },
  { weight: 1, arbitrary: polluting },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: fc.array(hostileText, { maxLength: 5 }) },
);

type Edit =
  | { kind: 'replace' | 'add'; value: JsonValue; key: string }
  | { kind: 'delete' | 'repeat' | 'swap case' }
  | { kind: 'rename' | 'append'; key: string };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('replace' as const), value: hostileJson, key: hostileText }),
  },
  fc.record({ kind: fc.constant('add' as const), value: hostileJson, key: hostileText }),
  fc.record({ kind: fc.constantFrom('delete' as const, 'repeat' as const, 'swap case' as const) }),
  fc.record({ kind: fc.constantFrom('rename' as const, 'append' as const), key: hostileText }),
);

type Spot = { holder: JsonValue[] | { [key: string]: JsonValue }; key: string };

/** Every place of a value where something stands, a few levels down. */
function spotsIn(value: JsonValue, depth = 0): Spot[] {
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    { holder: value, key },
    ...spotsIn(inner, depth + 1),
  ]);
}

/** As an own property, even if it is called `__proto__`; a copy, because the same value may be put twice. */
function put(holder: Spot['holder'], key: string, given: JsonValue): void {
  const value = structuredClone(given);
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

const read = ({ holder, key }: Spot): JsonValue => Reflect.get(holder, key) as JsonValue;

const swapped = (text: string): string =>
  text.replaceAll(/[A-Za-z]/g, (one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase()));

/** What a change does to a list or an object as a whole. */
function restructure({ holder, key }: Spot, old: JsonValue, change: Edit): void {
  if (Array.isArray(holder)) return void holder.push(structuredClone(old));
  if (change.kind === 'add') return put(holder, change.key, change.value);
  if (change.kind === 'repeat') return put(holder, `${key} `, old);
  delete holder[key];
  if (change.kind === 'rename') put(holder, change.key, old);
}

function apply(place: Spot, change: Edit): void {
  const { holder, key } = place;
  const old = read(place);
  const text = typeof old === 'string' ? old : '';
  if (change.kind === 'replace') put(holder, key, change.value);
  else if (change.kind === 'append') put(holder, key, `${text}${change.key}`);
  else if (change.kind === 'swap case') put(holder, key, text === '' ? [old] : swapped(text));
  else restructure(place, old, change);
}

const change = fc.tuple(fc.nat(), edit);
const changes = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(change) },
  { weight: 1, arbitrary: fc.array(change, { minLength: 2, maxLength: 4 }) },
);

/** Something valid with one change anywhere in it, seldom up to four, so that the rest still gets through the first checks. */
export function mutated(valid: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> {
  return fc.tuple(valid, changes).map(([whole, edits]) => {
    const root: { whole: JsonValue } = { whole: structuredClone(whole) };
    for (const [at, change] of edits) {
      const places = spotsIn(root);
      const place = places[at % places.length];
      if (place !== undefined) apply(place, change);
    }
    return Object.hasOwn(root, 'whole') ? root.whole : null;
  });
}
