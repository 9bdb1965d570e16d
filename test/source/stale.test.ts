import { describe, expect, it } from 'vitest';
import { staleSource } from '../../shared/source/stale.ts';
import type { Source } from '../../shared/source/source.ts';
import { aVersion, NOW } from '../support/builders.ts';

const NAME = 'app-1--pg--password';
const recorded = (created: number) => new Map([[NAME, { version: 'a', created }]]);
const stale = (created: number, delivered = recorded(NOW - 60), source?: Source) => {
  const version = aVersion({ created });
  const found = source ?? ({ state: 'valid', version } as const);
  return staleSource(new Map([[NAME, version]]), new Map([[NAME, found]]), delivered);
};

describe('an older version than the delivered one', () => {
  it('is a stale read', () => {
    expect(stale(NOW - 61)).toBe(NAME);
  });

  it('is none when it was created in the same second', () => {
    expect(stale(NOW - 60)).toBeUndefined();
  });

  it('is none when it is used on purpose, because the latest one waits for its date', () => {
    const latest = aVersion({ version: 'b', notBefore: NOW + 60 });
    const version = aVersion({ created: NOW - 61 });
    const waiting = { state: 'not-yet-valid', version, latest } as const;
    expect(stale(NOW - 61, recorded(NOW - 60), waiting)).toBeUndefined();
  });

  it('is one even before its date, when it is the latest that is used', () => {
    const latest = aVersion({ created: NOW - 61, notBefore: NOW + 60 });
    const waiting = { state: 'not-yet-valid', version: undefined, latest } as const;
    expect(stale(NOW - 61, recorded(NOW - 60), waiting)).toBe(NAME);
  });

  it('is none when the date that is recorded cannot be', () => {
    expect(stale(NOW, recorded(999_999_999_999))).toBeUndefined();
    expect(stale(NOW, recorded(NOW + 1))).toBe(NAME);
  });

  it('is none when nothing is recorded', () => {
    expect(stale(1, new Map())).toBeUndefined();
  });
});
