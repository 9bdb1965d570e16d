import { describe, expect, it } from 'vitest';
import { contributionOf } from '../../shared/source/contribution.ts';
import type { Source } from '../../shared/source/source.ts';
import { aVersion, NOW } from '../support/builders.ts';
import { aRoute } from '../support/documents.ts';

const older = aVersion({ version: 'a', created: NOW - 300 });
const latest = aVersion({ version: 'b', created: NOW - 60, notBefore: NOW + 3600 });
const current = aVersion();

const valid: Source = { state: 'valid', version: current };
const nearExpiry: Source = { state: 'near-expiry', version: current };
const expired: Source = { state: 'expired', version: current };
const disabled: Source = { state: 'disabled' };
const deleted: Source = { state: 'deleted' };
const waiting: Source = { state: 'not-yet-valid', latest, version: older };
const unreadable: Source = { state: 'unreadable', failure: { code: 'VAULT_THROTTLED', message: 'busy' } };

const before = { version: 'a', created: NOW - 300 };
const of = (gathered: Source, spec = {}, proven = false, delivered: typeof before | undefined = before) =>
  contributionOf(gathered, aRoute('app-1', spec), delivered, proven);

describe('what a source contributes to its target', () => {
  it.each([
    ['valid', valid, { use: current, state: 'valid' }],
    ['expiring soon', nearExpiry, { use: current, state: 'near-expiry' }],
    ['expired', expired, { use: current, state: 'expired' }],
    ['disabled', disabled, { keep: 'disabled' }],
    ['deleted', deleted, { keep: 'deleted' }],
    ['unreadable', unreadable, { keep: 'unreadable' }],
    ['waiting for its date', waiting, { use: older, state: 'not-yet-valid' }],
  ])('by default, when it is %s', (_what, gathered, contribution) => {
    expect(of(gathered)).toEqual(contribution);
    expect(of(gathered, {}, true)).toEqual(contribution);
  });

  it.each([
    ['onDisabled', disabled],
    ['onDeleted', deleted],
    ['onExpired', expired],
  ])('is a removal with %s: remove, once the reason is proven', (option, gathered) => {
    expect(of(gathered, { [option]: 'remove' }, true)).toEqual({ remove: gathered.state });
  });

  it.each([
    ['onDisabled', disabled, { keep: 'disabled' }],
    ['onDeleted', deleted, { keep: 'deleted' }],
    ['onExpired', expired, { use: current, state: 'expired' }],
  ])('is no removal with %s: remove while the reason is not proven', (option, gathered, contribution) => {
    expect(of(gathered, { [option]: 'remove' }, false)).toEqual(contribution);
  });

  it('is nothing when it expired before it was ever delivered and would have to leave', () => {
    const contribution = contributionOf(expired, aRoute('app-1', { onExpired: 'remove' }), undefined, false);
    expect(contribution).toEqual({ keep: 'expired' });
  });

  it('is what was delivered, when the version before the next one may be older by less than a second', () => {
    const delivered = { version: 'c', created: older.created };
    expect(of(waiting, {}, false, delivered)).toEqual({ keep: 'not-yet-valid' });
  });

  it('is never a removal because it could not be read', () => {
    const all = { onDisabled: 'remove', onDeleted: 'remove', onExpired: 'remove' };
    expect(of(unreadable, all, true)).toEqual({ keep: 'unreadable' });
  });

  it('is never a removal for the reason of another option', () => {
    expect(of(disabled, { onDeleted: 'remove', onExpired: 'remove' }, true)).toEqual({ keep: 'disabled' });
    expect(of(deleted, { onDisabled: 'remove', onExpired: 'remove' }, true)).toEqual({ keep: 'deleted' });
  });
});

describe('a version that waits for its not-before date', () => {
  it('is used at once with honourNotBefore: false', () => {
    expect(of(waiting, { honourNotBefore: false })).toEqual({ use: latest, state: 'not-yet-valid' });
  });

  it('gives nothing while no version is valid', () => {
    const alone: Source = { state: 'not-yet-valid', latest, version: undefined };
    expect(of(alone)).toEqual({ keep: 'not-yet-valid' });
  });

  it('stays as found when it is recorded as delivered before it got its date, for that may be forged', () => {
    expect(contributionOf(waiting, aRoute(), { version: 'b', created: NOW - 60 }, false)).toEqual({
      keep: 'not-yet-valid',
    });
  });

  it('never brings back a version older than the delivered one', () => {
    expect(contributionOf(waiting, aRoute(), { version: 'x', created: NOW - 200 }, false)).toEqual({
      keep: 'not-yet-valid',
    });
  });

  it('lets the version before it be delivered', () => {
    expect(contributionOf(waiting, aRoute(), { version: 'x', created: NOW - 301 }, false)).toEqual({
      use: older,
      state: 'not-yet-valid',
    });
  });
});
