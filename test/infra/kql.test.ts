import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOG_FIELDS } from '../../shared/adapters/log.ts';
import { CODES } from '../../shared/errors.ts';
import { INFRA } from './bicep/file.ts';
import { kustoChecker } from './kusto/checker.ts';

const check = kustoChecker();
const queries = readdirSync(join(INFRA, 'kql')).map((name) => ({
  name,
  text: readFileSync(join(INFRA, 'kql', name), 'utf8'),
}));
const fields = new Set<string>(['time', 'level', 'code', 'message', ...LOG_FIELDS]);

describe('the checker', () => {
  it('finds a wrong column, a wrong table and a wrong operator', () => {
    expect(check('traces | where nothing == 1')).not.toEqual([]);
    expect(check('tracks | count')).not.toEqual([]);
    expect(check('traces | wher true')).not.toEqual([]);
    expect(check('traces | where message has "a" | count')).toEqual([]);
  });
});

describe.each(queries)('$name', ({ name, text }) => {
  it('is a query the Kusto language service accepts', () => {
    expect(check(text)).toEqual([]);
  });

  it('says in its first line what it is for', () => {
    expect(text).toMatch(/^\/\/ .{30,}\n/);
  });

  it('reads only fields the logger writes', () => {
    const read = [...text.matchAll(/\boutcome\.(\w+)/g)].map(([, field]) => field ?? '');
    expect(read.length > 0).toBe(text.includes('parse_json'));
    expect(read.filter((field) => !fields.has(field))).toEqual([]);
  });

  it('names only codes that exist', () => {
    const named = [...text.matchAll(/"([A-Z][A-Z_]+)"/g)].map(([, code]) => code ?? '');
    const exists = (name: string): boolean =>
      name.endsWith('_') ? Object.keys(CODES).some((code) => code.startsWith(name)) : name in CODES;
    expect(named.filter((name) => !exists(name))).toEqual([]);
  });

  it('leaves the time window to the alert rule, or else names one', () => {
    expect(/\bago\(/.test(text)).toBe(!name.startsWith('alert-'));
  });
});

it('waits for exactly the codes that vaultcast tries again', () => {
  const text = queries.find(({ name }) => name === 'events-without-outcome.kql')?.text ?? '';
  const listed = [...text.matchAll(/"([A-Z][A-Z_]+)"/g)].map(([, code]) => code ?? '');
  const retried = Object.entries(CODES).filter(([, { retry }]) => retry !== 'no');
  expect(listed.toSorted()).toEqual(retried.map(([code]) => code).toSorted());
});

it('takes no outcome for fine that is a warning or waits', () => {
  const text = queries.find(({ name }) => name === 'failed-targets.kql')?.text ?? '';
  const fine = [...text.matchAll(/"([A-Z][A-Z_]+)"/g)].map(([, code]) => code ?? '');
  expect(fine.length).toBeGreaterThan(5);
  const codes: Record<string, { level: string; retry: string }> = CODES;
  expect(fine.filter((code) => codes[code]?.level !== 'info' || codes[code].retry !== 'no')).toEqual([]);
});
