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
import { aRunRow, aTargetRow } from '../support/contracts/status.ts';
import { hostileJson, hostileText, mutated, type JsonValue } from './hostile.ts';
import { fuzz, LONG } from './property.ts';

const DATES = ['since', 'readAt', 'startedAt', 'finishedAt', 'nextProbe'];

/** Dates are dates in rows, and mostly still are after somebody changed something. */
function asRow(row: JsonValue, hasDates: boolean): StoredEntity {
  if (typeof row !== 'object' || row === null || Array.isArray(row) || !hasDates)
    return row as unknown as StoredEntity;
  const entries = Object.entries(row).map(([name, value]) =>
    DATES.includes(name) && (typeof value === 'string' || typeof value === 'number')
      ? [name, new Date(value)]
      : [name, value],
  );
  return Object.fromEntries(entries) as StoredEntity;
}

const plain = (entity: object): JsonValue => JSON.parse(JSON.stringify(entity)) as JsonValue;
const BACK_OFF = {
  partitionKey: 'endpoint',
  rowKey: 'weu-1',
  failures: 3,
  nextProbe: '2026-11-20T00:00:00Z',
};
const entity = fc
  .tuple(
    mutated(fc.constantFrom(plain(toTargetEntity(aTargetRow())), plain(toRunEntity(aRunRow())), BACK_OFF)),
    fc.integer({ max: 9 }),
  )
  .map(([row, dice]) => asRow(row, dice > 0))
  .filter((row) => typeof row === 'object' && row !== null);

/** What a row of each table reads as. */
function readAll(row: StoredEntity) {
  const [, found] = fromBackOffEntity(row) ?? [];
  return { target: fromTargetEntity(row), run: fromRunEntity(row), backOff: found };
}

/** The text of an OData string literal, as the service reads it; undefined when it ends early. */
function literalIn(filter: string, before: string): string | undefined {
  const inner = filter.startsWith(before)
    ? /^'((?:[^']|'')*)'$/.exec(filter.slice(before.length))?.[1]
    : undefined;
  return inner?.replaceAll("''", "'");
}

/** undefined: it was refused, as adapters refuse. */
function keyOf(name: string): string | undefined {
  try {
    return tableKey(name);
  } catch (error) {
    if (error instanceof VaultcastError) return undefined;
    throw error;
  }
}

describe('whatever stands in a row of Targets, Runs or Endpoints', () => {
  it(
    'is a row of this release, or none',
    LONG,
    fuzz(0.1, entity, (row) => {
      const { target, run, backOff } = readAll(row);
      expect([...Object.keys(CODES), undefined]).toContain(target?.code);
      expect([target?.since, target?.readAt, run?.startedAt, backOff?.nextTry]).not.toContain(Number.NaN);
      expect((run?.lines ?? []).every((line) => typeof line === 'string')).toBe(true);
      const proof = proofAfterPush(target?.removal ?? '', new Map([['app-1--pg', 'valid']]));
      expect(proof).toBeTypeOf('string');
    }),
  );
});

describe('whatever name gets as far as a table', () => {
  it(
    'asks for that partition and nothing else, or is refused',
    LONG,
    fuzz(0.04, hostileText, (name) => {
      expect(literalIn(odata`prefix eq ${name}`, 'prefix eq ')).toBe(name);
      const key = keyOf(name);
      const filter = key === undefined ? undefined : partition(name);
      expect(filter && literalIn(filter, 'PartitionKey eq ')).toBe(key);
      expect(key ?? 'refused').toMatch(/^[^/\\#?%+\p{Cc}]{1,512}$/u);
    }),
  );

  it(
    'is written with bounded columns, whatever was said',
    LONG,
    fuzz(0.02, fc.tuple(hostileText, hostileJson), ([text, value]) => {
      const long = text.repeat(3);
      const sources = JSON.stringify(value);
      const said = { message: long, cause: long, sources, fingerprint: long.repeat(20) };
      const columns = Object.values(toTargetEntity(aTargetRow(said)));
      const lines = Array.from({ length: 200 }, () => long);
      const longest = [...columns, toRunEntity(aRunRow({ lines }))['lines']].map((one) => String(one).length);
      expect(Math.max(...longest)).toBeLessThanOrEqual(32_000);
    }),
  );
});
