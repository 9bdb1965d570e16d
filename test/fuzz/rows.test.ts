import { odata } from '@azure/data-tables';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBackOffEntity } from '../../shared/adapters/storage/status/back-off-row.ts';
import { tableKey, type StoredEntity } from '../../shared/adapters/storage/entity.ts';
import { fromRunEntity, toRunEntity } from '../../shared/adapters/storage/status/run-row.ts';
import { partition } from '../../shared/adapters/storage/table.ts';
import { fromTargetEntity, toTargetEntity } from '../../shared/adapters/storage/status/target-row.ts';
import { CODES, VaultcastError } from '../../shared/errors.ts';
import { proofAfterPush } from '../../shared/target/removal.ts';
import { aRunRow } from '../support/contracts/runs.ts';
import { aTargetRow } from '../support/contracts/status.ts';
import { hostileText, mutated, type JsonValue } from './hostile.ts';
import { fuzz, LONG } from './property.ts';

const plain = (entity: object): JsonValue => JSON.parse(JSON.stringify(entity)) as JsonValue;
const BACK_OFF = {
  partitionKey: 'endpoint',
  rowKey: 'weu-1',
  failures: 3,
  nextProbe: '2026-11-20T00:00:00.000Z',
};
const DATE = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** Dates are dates in rows; what somebody put in the place of one is not. */
function asRow(row: JsonValue): StoredEntity {
  const entries = Object.entries(row ?? {}).map(([name, value]) =>
    typeof value === 'string' && DATE.test(value) ? [name, new Date(value)] : [name, value],
  );
  return Object.fromEntries(entries) as StoredEntity;
}

const entities = (entity: object): fc.Arbitrary<StoredEntity> => {
  const row = fc.constant(plain(entity));
  return fc
    .oneof({ weight: 1, arbitrary: row }, { weight: 2, arbitrary: mutated(row) })
    .filter((one) => typeof one === 'object' && one !== null)
    .map(asRow);
};
const rows = fc.oneof(
  fc.record({ table: fc.constant('target' as const), row: entities(toTargetEntity(aTargetRow())) }),
  fc.record({ table: fc.constant('run' as const), row: entities(toRunEntity(aRunRow())) }),
  fc.record({ table: fc.constant('back-off' as const), row: entities(BACK_OFF) }),
);

/** The text of an OData string literal, as the service reads it; undefined when it ends early. */
function literalIn(filter: string, before: string): string | undefined {
  const inner = filter.startsWith(before)
    ? /^'((?:[^']|'')*)'$/.exec(filter.slice(before.length))?.[1]
    : undefined;
  return inner?.replaceAll("''", "'");
}

const isProofOf = (reason: string | undefined, one: JsonValue): boolean => {
  const proof = one as Record<string, JsonValue>;
  const texts = [proof['bound'], proof['run']].every((text) => typeof text === 'string');
  return reason !== undefined && proof['reason'] === reason && texts && typeof proof['at'] === 'number';
};

/** undefined: it was refused, as adapters refuse. */
function keyOf(name: string): string | undefined {
  try {
    return tableKey(name);
  } catch (error) {
    if (error instanceof VaultcastError) return undefined;
    throw error;
  }
}

/** What a row of each table reads as. */
function readAll(row: StoredEntity) {
  const [, found] = fromBackOffEntity(row) ?? [];
  return { target: fromTargetEntity(row), run: fromRunEntity(row), 'back-off': found };
}

const datesOf = ({ target, run, 'back-off': backOff }: ReturnType<typeof readAll>) => [
  target?.since,
  target?.readAt,
  run?.startedAt,
  backOff?.nextTry,
];

const TABLES = { target: 'often', run: 'often', 'back-off': 'often', 'no row': 'often' } as const;

describe('whatever stands in a row of Targets, Runs or Endpoints', () => {
  it(
    'is a row of this release, or none',
    LONG,
    fuzz({ share: 0.1, reaches: TABLES }, rows, ({ table, row }, saw) => {
      const read = readAll(row);
      saw(table, read[table] !== undefined);
      saw(
        'no row',
        Object.values(read).every((one) => one === undefined),
      );
      expect([...Object.keys(CODES), undefined]).toContain(read.target?.code);
      expect(datesOf(read)).not.toContain(Number.NaN);
      expect((read.run?.lines ?? []).every((line) => typeof line === 'string')).toBe(true);
    }),
  );
});

const VERSION = 'team/app-1--pg@0123456789abcdef0123456789abcdef';
const proofs = fc.constantFrom<JsonValue>(
  { 'app-1--pg': { reason: 'deleted', bound: `u-1 ${VERSION}`, run: '20261119T220000Z-3fa9c1', at: 1 } },
  { '*': { reason: 'orphaned', bound: `u-1 app-1 ${VERSION}`, run: '20261119T220000Z-3fa9c1', at: 1 } },
);
const proofTexts = fc.oneof(
  { weight: 2, arbitrary: proofs.map((one) => JSON.stringify(one)) },
  { weight: 4, arbitrary: mutated(proofs).map((one) => JSON.stringify(one)) },
  { weight: 1, arbitrary: hostileText },
);

describe('whatever proof of a removal stands in a row', () => {
  it(
    'speaks of the reasons that hold, or is none',
    LONG,
    fuzz({ share: 0.04, reaches: { 'a proof': 'often', none: 'often' } }, proofTexts, (text, saw) => {
      const states = new Map([
        ['app-1--pg', 'deleted'],
        ['*', 'orphaned'],
      ]);
      const after = proofAfterPush(text, states);
      saw('a proof', after !== '');
      saw('none', after === '');
      const kept = Object.entries(JSON.parse(after === '' ? '{}' : after) as Record<string, JsonValue>);
      expect(kept.filter(([name, one]) => !isProofOf(states.get(name), one))).toEqual([]);
    }),
  );
});

/** A string column holds 64 KiB of UTF-16. */
const COLUMN_MAX = 32_000;
const longTexts = fc
  .tuple(hostileText, fc.integer({ min: 1, max: 300_000 }))
  .map(([text, length]) => `${text}-`.repeat(Math.ceil(length / (text.length + 1))).slice(0, length));

/** Most texts are short and plain to a table. */
const SOME = { least: 0.2, because: 'most strange texts are names that a table takes' };

describe('whatever name gets as far as a table', () => {
  it(
    'asks for that partition and nothing else, or is refused',
    LONG,
    fuzz({ share: 0.04, reaches: { 'a key': 'often', refused: SOME } }, hostileText, (name, saw) => {
      expect(literalIn(odata`prefix eq ${name}`, 'prefix eq ')).toBe(name);
      const key = keyOf(name);
      saw('a key', key !== undefined);
      saw('refused', key === undefined);
      const filter = key === undefined ? undefined : partition(name);
      expect(filter && literalIn(filter, 'PartitionKey eq ')).toBe(key);
      expect(key ?? 'refused').toMatch(/^[^/\\#?%+\p{Cc}]{1,512}$/u);
    }),
  );

  it(
    'is written with bounded columns, whatever was said',
    LONG,
    fuzz({ share: 0.02, reaches: { 'more than a column takes': 'often' } }, longTexts, (long, saw) => {
      saw('more than a column takes', long.length > COLUMN_MAX);
      const said = { message: long, cause: long, sources: long, fingerprint: long, removal: long };
      const columns = Object.values(toTargetEntity(aTargetRow(said)));
      const lines = Array.from({ length: 200 }, () => long.slice(0, 5000));
      const longest = [...columns, toRunEntity(aRunRow({ lines }))['lines']].map((one) => String(one).length);
      expect(Math.max(...longest)).toBeLessThanOrEqual(COLUMN_MAX);
    }),
  );
});
