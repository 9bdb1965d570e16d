import { describe, expect, it } from 'vitest';
import { isStale } from '../../shared/source/stale.ts';
import type { Delivered } from '../../shared/source/provenance.ts';
import type { Source } from '../../shared/source/source.ts';
import { aVersion, NOW } from '../support/builders.ts';

const recorded = (created: number) => ({ version: 'a', created });
const stale = (created: number, delivered: Delivered | undefined = recorded(NOW - 60), source?: Source) => {
  const version = aVersion({ created });
  return isStale(version, source ?? { state: 'valid', version }, delivered);
};

describe('an older version than the delivered one', () => {
  it('is a stale read', () => {
    expect(stale(NOW - 61)).toBe(true);
  });

  it('is none when it was created in the same second', () => {
    expect(stale(NOW - 60)).toBe(false);
  });

  it('is none when it is used on purpose, because the latest one waits for its date', () => {
    const latest = aVersion({ version: 'b', notBefore: NOW + 60 });
    const version = aVersion({ created: NOW - 61 });
    const waiting = { state: 'not-yet-valid', version, latest } as const;
    expect(stale(NOW - 61, recorded(NOW - 60), waiting)).toBe(false);
  });

  it('is one even before its date, when it is the latest that is used', () => {
    const latest = aVersion({ created: NOW - 61, notBefore: NOW + 60 });
    const waiting = { state: 'not-yet-valid', version: undefined, latest } as const;
    expect(stale(NOW - 61, recorded(NOW - 60), waiting)).toBe(true);
  });

  it('is none when the date that is recorded cannot be', () => {
    expect(stale(NOW, recorded(999_999_999_999))).toBe(false);
    expect(stale(NOW, recorded(NOW + 1))).toBe(true);
  });

  it('is none when nothing is recorded', () => {
    expect(isStale(aVersion({ created: 1 }), { state: 'deleted' }, undefined)).toBe(false);
  });
});
