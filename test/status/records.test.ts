import { describe, expect, it } from 'vitest';
import type { TargetStatus } from '../../shared/status/target.ts';
import { staleForADay, staleSince } from '../../shared/status/target.ts';
import { messageOf } from '../../shared/status/notes.ts';
import type { Outcome } from '../../shared/status/outcome.ts';
import { pausedRecord, restRecord, settledState } from '../../shared/status/rest.ts';
import type { SourceStatus } from '../../shared/source/source.ts';
import { aTarget, NOW } from '../support/builders.ts';
import { aTargetRow } from '../support/contracts/status.ts';

const DAY_MS = 24 * 3_600_000;

describe('since when sources are stale', () => {
  it('is not known where the row tells it in another form', () => {
    for (const stale of ['no JSON', '["app-1--pg"]', '{"app-1--pg":"yesterday"}']) {
      expect(staleSince(stale)).toEqual({});
      expect(staleForADay(aTargetRow({ stale }), Date.now())).toEqual(new Set());
    }
  });

  it('lets a vault be believed after exactly a day', () => {
    const row = aTargetRow({ stale: '{"app-1--pg":1000}' });
    expect(staleForADay(row, 999 + DAY_MS)).toEqual(new Set());
    expect(staleForADay(row, 1000 + DAY_MS)).toEqual(new Set(['app-1--pg']));
  });
});

describe('the message of a row', () => {
  /** Up to date but for two sources that are tried again, each with its own code; the first one is the outcome's. */
  const outcome = (code: 'STALE_READ' | 'VAULT_UNAVAILABLE'): Outcome => {
    const unfinished = ['one', 'two'].map((source) => ({ source, code, message: `${source} waits` }));
    const failure = { code, message: 'it waits' };
    const sources = new Map<string, SourceStatus>(
      unfinished.map(({ source }) => [source, { state: 'unreadable', failure }]),
    );
    const secret = { uid: 'uid-1', resourceVersion: '7' };
    const kept = { version: undefined, brought: new Map(), removed: [], left: [] };
    return {
      kind: 'synced',
      target: aTarget(),
      look: { at: 'sources', secret, sources, refused: [], stale: [] },
      code,
      message: 'one waits',
      effect: { action: 'none', secret, recorded: '', ...kept },
      unfinished,
    };
  };

  it.each(['STALE_READ', 'VAULT_UNAVAILABLE'] as const)(
    'names the first source that is tried again for %s, and leaves the others to the parts',
    (code) => {
      expect(messageOf(outcome(code))).toBe('one waits');
    },
  );
});

describe('what is said of a target that nobody looked into anew', () => {
  it.each([
    ['missing', 'degraded', 'SOURCE_MISSING', 'SOURCE_MISSING'],
    ['deleted', 'degraded', 'SOURCE_DELETED', 'SOURCE_DELETED'],
    ['disabled', 'degraded', 'SOURCE_DISABLED', 'SOURCE_DISABLED'],
    ['expired', 'degraded', 'EXPIRED', 'EXPIRED'],
    ['stale', 'degraded', 'STALE_READ', 'STALE_READ'],
    ['refused', 'degraded', 'NOT_ACCEPTED', 'NOT_ACCEPTED'],
    ['unreadable', 'degraded', 'VAULT_UNAVAILABLE', 'VAULT_UNAVAILABLE'],
    ['near-expiry', 'synced', 'UNCHANGED', 'NEAR_EXPIRY'],
    ['not-yet-valid', 'synced', 'UNCHANGED', 'SOURCE_NOT_YET_VALID'],
  ])('of which a source is %s is %s with %s where it stands, and else absent with %s', (part, ...said) => {
    const parts = JSON.stringify({ 'app-1--pg': part });
    const [state, code, absent] = said;
    expect(settledState({ stands: 'yes', parts })).toMatchObject({ state, code });
    expect(settledState({ stands: 'no', parts })).toMatchObject({ state: 'absent', code: absent });
  });
});

describe('the row of a target that nothing wants any more', () => {
  const why = { code: 'SUPERSEDED', message: 'no route wants it' } as const;
  const waited = (nextRetry: number): TargetStatus | undefined =>
    restRecord(aTargetRow({ nextRetry, lookedAt: NOW }), why, NOW + 10);

  it('no longer names a message whose time has come by the look, were it this very moment', () => {
    expect(waited(NOW + 9)?.nextRetry).toBe(0);
    expect(waited(NOW + 10)?.nextRetry).toBe(0);
  });

  it('stays as it is while its message waits, and where none does', () => {
    expect(waited(NOW + 11)).toBeUndefined();
    expect(waited(0)).toBeUndefined();
  });

  it('is treated so, too, when its route is paused and it says so already', () => {
    const paused = (nextRetry: number) =>
      pausedRecord(
        aTargetRow({ state: 'paused', code: 'PAUSED', nextRetry, lookedAt: NOW }),
        'why',
        NOW + 10,
      );
    expect(paused(NOW + 10)).toMatchObject({ state: 'paused', nextRetry: 0 });
    expect([paused(NOW + 11), paused(0)]).toEqual([undefined, undefined]);
  });
});
