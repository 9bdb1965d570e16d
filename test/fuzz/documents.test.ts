import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readDocuments } from '../../shared/registry/read.ts';
import type { BadRow } from '../../shared/registry/document.ts';
import type { Finding } from '../../shared/registry/problem.ts';
import { registryDocument } from '../../shared/registry/document.ts';
import { fromRow, isBad, toRow, type Stored } from '../../shared/registry/row.ts';
import { writtenCluster, writtenRoute } from '../support/documents.ts';
import { hostileJson, hostileText, mutated, type JsonValue } from './hostile.ts';
import { fuzz, LONG } from './property.ts';

const explicit = {
  layout: 'explicit',
  name: 'pg',
  data: {
    url: { template: '{{ password }}', secrets: { password: 'app-1--pg--password' } },
    'tls.p12': { certificate: 'app-1--tls', part: 'p12', password: 'app-1--tls--password' },
    '.dockerconfigjson': {
      logins: [
        { registry: { text: 'r.example' }, username: { text: 'u' }, password: { secret: 'app-1--p' } },
      ],
    },
  },
  annotations: { note: 'x' },
};
const ARM =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/weu-1';
const valid = fc.constantFrom(
  writtenRoute() as JsonValue,
  writtenRoute('app-1', explicit) as JsonValue,
  writtenRoute('app-1', {
    layout: 'flat',
    json: { pointer: '/a/b' },
    namespaces: { fromSegment: 1 },
    match: { names: ['app-1--*'], tags: { team: 'a' } },
  }) as JsonValue,
  writtenCluster() as JsonValue,
  { apiVersion: 'vaultcast.dev/v1', kind: 'Cluster', metadata: { name: 'aks' }, spec: { aks: ARM } },
);
const levels = (depth: number): string[] => Array.from({ length: depth }, (_, level) => `a${level}`);

/** Beyond some depth the library cannot write what it can read. */
function yamlOf(value: JsonValue): string {
  try {
    return stringify(value);
  } catch {
    return JSON.stringify(value);
  }
}

/** Texts that are small and mean much, or mean two things. */
const bombs = fc.integer({ min: 1, max: 3000 }).chain((size) =>
  fc.constantFrom(
    levels(9)
      .map(
        (name, at) =>
          `${name}: &${name} [${
            at === 0
              ? 'x'
              : Array(9)
                  .fill(`*a${at - 1}`)
                  .join(', ')
          }]`,
      )
      .join('\n'),
    '['.repeat(100_000),
    `${'['.repeat(100_000)}1${']'.repeat(100_000)}`,
    `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    `a: &a [*a]`,
    `a: &a {b: *a}`,
    `${'['.repeat(size)}${']'.repeat(size)}`,
    `${'{a: '.repeat(size)}1${'}'.repeat(size)}`,
    `${'- '.repeat(size)}x`,
    levels(size)
      .map((name, at) => `${' '.repeat(Math.min(at, 500))}${name}:`)
      .join('\n'),
    'kind: Route\nkind: Cluster\n',
    '{"kind": "Route", "kind": "Cluster"}',
    '{"__proto__": {"polluted": true}, "__proto__": 1}',
    '? {a: 1}\n: b\n',
    '<<: {kind: Route}\n',
    '!!js/function "function () { return 1 }"',
    '!!binary aGk=',
    '!!timestamp 2026-11-20',
    '%YAML 1.1\n---\nyes: no\n',
    `${'---\n'.repeat(size)}`,
    `"${'\\x41'.repeat(size)}`,
    `a: |${' '.repeat(size)}x`,
    `${'#'.repeat(size)}\n&a`,
    `*a: b`,
    `${'&a '.repeat(size)}`,
    `${'? '.repeat(size)}`,
    `'${"''".repeat(size)}`,
  ),
);

const FORMS: readonly ((documents: JsonValue[]) => string)[] = [
  (documents) => JSON.stringify(documents),
  (documents) => JSON.stringify(documents, undefined, 2),
  (documents) => documents.map(yamlOf).join('---\n'),
];
const files = (documents: fc.Arbitrary<JsonValue[]>): fc.Arbitrary<string> =>
  fc.tuple(documents, fc.constantFrom(...FORMS)).map(([many, form]) => form(many));

const some = fc.array(valid, { minLength: 1, maxLength: 3, size: 'max' });
const oneIsWrong = fc
  .tuple(some, fc.oneof({ weight: 4, arbitrary: mutated(valid) }, hostileJson))
  .map(([good, wrong]) => [...good, wrong]);
/** What a slip of the keyboard, or a merge, makes of a text. */
const spoilt = fc
  .tuple(files(some), fc.nat(), fc.nat({ max: 30 }), hostileText)
  .map(([whole, at, length, put]) => {
    const start = at % (whole.length + 1);
    return whole.slice(0, start) + put + whole.slice(start + length);
  });

const text = fc.oneof(
  { weight: 6, arbitrary: files(some) },
  { weight: 6, arbitrary: files(oneIsWrong) },
  { weight: 6, arbitrary: spoilt },
  { weight: 1, arbitrary: bombs },
  { weight: 1, arbitrary: hostileText },
);

function expectSame({ document, written: form }: Stored): void {
  const again = fromRow(document.kind, toRow({ document, written: form }));
  expect(isBad(again) ? again : again.document).toEqual(document);
}

function expectShown({ place, message, title = '', field = '' }: Finding): void {
  expect(place.line).toBeGreaterThan(0);
  expect(message).not.toBe('');
  expect(message.length).toBeLessThan(3000);
  expect(`${title}${field}${message}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
}

type Columns = Record<string, unknown>;

const stored = valid.map((one): { kind: BadRow['kind']; columns: Columns } => {
  const document = registryDocument.parse(one);
  return { kind: document.kind, columns: toRow({ written: one, document }) };
});
/** A row in which somebody changed the document, or a column, or which stands in the other table. */
const changed: fc.Arbitrary<{ kind: BadRow['kind']; columns: Columns }> = fc.oneof(
  fc.tuple(stored, mutated(valid)).map(([{ kind, columns }, document]) => ({
    kind,
    columns: { ...columns, document: JSON.stringify(document) },
  })),
  fc
    .tuple(stored, fc.constantFrom('partitionKey', 'rowKey', 'prefix', 'document', 'document1'), hostileJson)
    .map(([{ kind, columns }, name, value]) => ({ kind, columns: { ...columns, [name]: value } })),
  fc
    .tuple(stored, bombs)
    .map(([{ kind, columns }, document]) => ({ kind, columns: { ...columns, document } })),
  fc
    .tuple(stored, fc.constantFrom<BadRow['kind']>('Cluster', 'Route'))
    .map(([{ columns }, kind]) => ({ kind, columns })),
);
const rows = fc.oneof({ weight: 2, arbitrary: stored }, { weight: 3, arbitrary: changed });

const isRowOf = (kind: BadRow['kind'], rowKey: unknown, row: Stored | BadRow): boolean => {
  if (isBad(row)) return row.kind === kind && row.message !== '' && row.message.length < 10_000;
  const { kind: found, metadata } = row.document;
  return found === kind && metadata.name === rowKey && /^[a-z0-9.-]{1,253}$/.test(metadata.name);
};

describe('whatever somebody applies', () => {
  it(
    'is read, or every problem has a place and a sentence',
    LONG,
    fuzz({ share: 0.08, reaches: { 'a document': 'often', 'a problem': 'often' } }, text, (file, saw) => {
      const { documents, problems } = readDocuments('registry.yaml', file);
      saw('a document', documents.length > 0);
      saw('a problem', problems.length > 0);
      documents.forEach(expectSame);
      problems.forEach(expectShown);
    }),
  );
});

describe('whatever stands in a registry row', () => {
  it(
    'is a document that the schema allows, or a bad row',
    LONG,
    fuzz({ share: 0.06, reaches: { good: 'often', bad: 'often' } }, rows, ({ kind, columns }, saw) => {
      const row = fromRow(kind, columns);
      saw('good', !isBad(row));
      saw('bad', isBad(row));
      expect(isRowOf(kind, columns['rowKey'], row) ? 'fine' : row).toBe('fine');
    }),
  );
});
