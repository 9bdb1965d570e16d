import { describe, expect, it } from 'vitest';
import { notBeforeRetry } from '../../shared/retry/not-before.ts';
import { statusOf } from '../../shared/source/source.ts';
import type { Outcome } from '../../shared/status/outcome.ts';
import { anOutcome, aRef, aVersion, NOW } from '../support/builders.ts';

const SECRET = { vault: 'team', name: 'app-1--pg--password' };
const MINUTE = 60;

/** An outcome that saw the secret's latest version wait for a date in so many seconds. */
function waitingFor(seconds: number): Outcome {
  const latest = aVersion({ version: '0b', notBefore: NOW + seconds });
  const source = statusOf({ state: 'not-yet-valid', latest, version: aVersion({ version: '0a' }) });
  const look = { at: 'sources', secret: undefined, refused: [], stale: [] } as const;
  return {
    ...anOutcome({ code: 'UNCHANGED' }),
    look: { ...look, sources: new Map([[SECRET.name, source]]) },
  };
}

const retries = (cause: string, seconds: number, only = false) =>
  notBeforeRetry(
    { secret: SECRET, cause, only: only ? aRef() : undefined },
    [waitingFor(seconds)],
    NOW * 1000,
  );

describe('a version that waits for its date', () => {
  it('is looked at by one message, a moment after the date, whatever saw it', () => {
    for (const cause of ['event-1', 'nbf:0b'])
      expect(retries(cause, MINUTE)).toEqual([
        {
          message: {
            kind: 'secret',
            vault: 'team',
            secret: SECRET.name,
            cause: 'nbf:0b',
            since: (NOW + MINUTE) * 1000 + 5000,
            attempt: 1,
          },
          delayMs: 65_000,
        },
      ]);
  });

  it('is left to its own message by one that woke up for an earlier version', () => {
    expect(retries('nbf:0a', MINUTE)).toEqual([]);
  });

  it('is looked at for one target where one target was tried again', () => {
    expect(retries('event-1', MINUTE, true)).toMatchObject([{ message: { kind: 'target', ...aRef() } }]);
  });

  it('is looked at in hops of six days, for a queue hides nothing for longer, and never at once', () => {
    expect(retries('event-1', 30 * 24 * 3600)[0]?.delayMs).toBe(6 * 24 * 3600 * 1000);
    expect(retries('nbf:0b', -MINUTE)[0]?.delayMs).toBe(10_000);
  });
});
