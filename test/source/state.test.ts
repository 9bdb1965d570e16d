import { describe, expect, it } from 'vitest';
import { newestValid, stateOf } from '../../shared/source/state.ts';
import { aVersion, NOW } from '../support/builders.ts';

const DAY = 24 * 3600;

describe("the state of a source's latest version", () => {
  it.each([
    ['valid', {}],
    ['valid', { notBefore: NOW }],
    ['valid', { notBefore: NOW - 1, expires: NOW + 31 * DAY }],
    ['near-expiry', { expires: NOW + 30 * DAY }],
    ['near-expiry', { expires: NOW + 1 }],
    ['valid', { expires: NOW + 30 * DAY + 1 }],
    ['expired', { expires: NOW }],
    ['expired', { expires: NOW - DAY }],
    ['not-yet-valid', { notBefore: NOW + 1 }],
    ['not-yet-valid', { notBefore: NOW + 1, expires: NOW - 1 }],
    ['disabled', { enabled: false }],
    ['disabled', { enabled: false, notBefore: NOW + 1, expires: NOW - 1 }],
  ])('is %s with %j', (state, attributes) => {
    expect(stateOf(aVersion(attributes), NOW)).toBe(state);
  });
});

describe('the version used until the latest is valid', () => {
  const later = aVersion({ version: 'c', notBefore: NOW + DAY });
  const disabled = aVersion({ version: 'b', enabled: false });
  const current = aVersion({ version: 'a', notBefore: NOW });
  const oldest = aVersion({ version: '0' });

  it('is the newest one that is enabled and valid', () => {
    expect(newestValid([later, disabled, current, oldest], NOW)).toBe(current);
  });

  it('is none when none is valid', () => {
    expect(newestValid([later, disabled], NOW)).toBeUndefined();
    expect(newestValid([], NOW)).toBeUndefined();
  });

  it('may have expired: an expired secret is delivered, too', () => {
    const expired = aVersion({ expires: NOW - 1 });
    expect(newestValid([later, expired], NOW)).toBe(expired);
  });
});
