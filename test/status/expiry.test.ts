import { describe, expect, it } from 'vitest';
import { type SourceStatus, statusOf } from '../../shared/source/source.ts';
import { expiriesOf, expiriesOfFacts, knownExpiries } from '../../shared/status/expiry.ts';
import type { Outcome } from '../../shared/status/outcome.ts';
import { anOutcome, aVersion, NOW } from '../support/builders.ts';

const A = 'app-1--pg--a';
const DAY = 24 * 3600;

/** A Secret that is up to date and was looked into: what is recorded on it, and how its sources were found. */
function anUpToDate(recorded: string, sources: Readonly<Record<string, SourceStatus>>): Outcome {
  const synced = anOutcome({ code: 'UNCHANGED' });
  if (synced.kind !== 'synced') throw new Error('no such outcome');
  const look = { at: 'sources', secret: undefined, refused: [], stale: [] } as const;
  const found = new Map(Object.entries(sources));
  return { ...synced, look: { ...look, sources: found }, effect: { ...synced.effect, recorded } };
}

const aRow = (sources: string, expires: Readonly<Record<string, number>>) => ({
  sources,
  expires: JSON.stringify(expires),
});
const datesOf = (text: string) => Object.fromEntries(knownExpiries(text));

describe('the date on which a version in a Secret expires', () => {
  const unreadable = {
    state: 'unreadable',
    failure: { code: 'VAULT_UNAVAILABLE', message: 'down' },
  } as const;

  it('is the one that the look saw of that very version', () => {
    const version = aVersion({ name: A, version: '0a', expires: NOW + DAY });
    const found = anUpToDate(`team/${A}@0a:1`, { [A]: statusOf({ state: 'valid', version }) });
    expect(datesOf(expiriesOf(found, aRow(`team/${A}@0a:1`, { [A]: NOW })))).toEqual({ [A]: NOW + DAY });
  });

  it('stays known while its source cannot be read', () => {
    const found = anUpToDate(`team/${A}@0a:1`, { [A]: unreadable });
    expect(datesOf(expiriesOf(found, aRow(`team/${A}@0a:1`, { [A]: NOW + DAY })))).toEqual({
      [A]: NOW + DAY,
    });
  });

  it('is not known of a version that came since and was not seen: the row speaks of the one before', () => {
    const found = anUpToDate(`team/${A}@0b:2`, { [A]: unreadable });
    expect(expiriesOf(found, aRow(`team/${A}@0a:1`, { [A]: NOW + DAY }))).toBe('');
  });

  it('is kept where nobody looked at the sources', () => {
    const before = aRow(`team/${A}@0a:1`, { [A]: NOW + DAY });
    expect(expiriesOf(anOutcome({ code: 'CLUSTER_TIMEOUT' }), before)).toBe(before.expires);
  });
});

describe('the dates that a listing tells', () => {
  const { value: _value, readAt: _readAt, ...listed } = aVersion({ name: A, created: 7, expires: NOW + DAY });

  it('are those of the versions that stand there, and of no later one', () => {
    const facts = [{ name: A, state: 'valid', properties: listed }] as const;
    expect(datesOf(expiriesOfFacts(facts, `team/${A}@0a:7`))).toEqual({ [A]: NOW + DAY });
    expect(expiriesOfFacts(facts, `team/${A}@0a:6`)).toBe('');
  });

  it('are, of more than a column holds, those that come first', () => {
    const names = Array.from({ length: 201 }, (_, index) => `app-1--pg--${String(index).padStart(3, '0')}`);
    const facts = names.map((name, index) => ({
      name,
      state: 'valid' as const,
      properties: { ...listed, name, expires: NOW + index },
    }));
    const recorded = names.map((name) => `team/${name}@0a:7`).join(',');
    const dates = datesOf(expiriesOfFacts(facts.toReversed(), recorded));
    expect(Object.keys(dates).toSorted()).toEqual(names.slice(0, 200));
  });
});
