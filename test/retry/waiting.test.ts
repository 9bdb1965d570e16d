import { describe, expect, it } from 'vitest';
import { newTask, type Task } from '../../shared/event/task.ts';
import { waitingAlready } from '../../shared/retry/waiting.ts';
import type { Outcome } from '../../shared/status/outcome.ts';
import type { TargetStatus } from '../../shared/status/target.ts';
import { anOutcome, aRef } from '../support/builders.ts';
import { aTargetRow } from '../support/contracts/status.ts';
import { createWorld } from '../support/world.ts';

const SECOND = 1000;
const never = new AbortController().signal;
const failed = anOutcome({ code: 'CLUSTER_TIMEOUT' });
const held = anOutcome({ code: 'CLUSTER_BACKOFF', retryAfterMs: 5 * 60 * SECOND });

/** A row of which a message of event-1 is to look again in so many ms, and that an event-2 finds now. */
interface Found {
  inMs: number;
  row?: Partial<TargetStatus>;
  task?: Partial<Task>;
  outcome?: Outcome;
}

const recorded = (vault: string, name: string) => ({ sources: `${vault}/${name}@0a:1` });
const STANDS = { state: 'pending', uid: 'uid-1', ...recorded('team', 'app-1--pg--password') } as const;

/** How long until the message looks that was found to do for the outcome, ms; undefined where none does. */
async function foundWaiting({ inMs, row, task, outcome = failed }: Found): Promise<number | undefined> {
  const { ports } = createWorld();
  const now = ports.clock.now();
  const about = { cluster: 'weu-1', id: 'app-1:pg', nextRetry: now + inMs, cause: 'event-1', attempts: 2 };
  await ports.status.saveTargets(
    [{ row: aTargetRow({ ...STANDS, ...about, ...row }), over: undefined }],
    never,
  );
  const secret = { vault: 'team', name: 'app-1--pg--password' };
  const waiting = await waitingAlready(ports, { ...newTask(secret, 'event-2', now), ...task }, [outcome]);
  const at = waiting.get(outcome);
  return at === undefined ? undefined : at - now;
}

describe('a message that waits for a target already', () => {
  it.each<[string, Found]>([
    ['a failure that would wait longer by itself', { inMs: 3 * SECOND }],
    ['what its cluster holds back, however late it looks', { inMs: 60 * SECOND, outcome: held }],
    [
      'a target that does not stand there, for all of its sources are listed then',
      { inMs: 3 * SECOND, row: { uid: '', sources: '' } },
    ],
    [
      'the next event about the same secret, though that is an event of the same cause',
      { inMs: 3 * SECOND, task: { cause: 'event-1' } },
    ],
    [
      'an earlier attempt of the same cause, which came late',
      { inMs: 60 * SECOND, outcome: held, task: { cause: 'event-1', attempt: 1, only: aRef() } },
    ],
  ])('does for %s', async (_, found) => {
    expect(await foundWaiting(found)).toBe(found.inMs);
  });

  it.each<[string, Found]>([
    ['a failure that would be tried again earlier', { inMs: 60 * SECOND }],
    ['a moment so near that it may have begun', { inMs: 2 * SECOND, outcome: held }],
    ['a target of which nothing is outstanding', { inMs: 3 * SECOND, row: { state: 'failed' } }],
    [
      'a secret that does not feed the Secret yet',
      { inMs: 3 * SECOND, row: recorded('team', 'app-1--pg--user') },
    ],
    [
      'a secret of that name in another vault than the one it was delivered from',
      { inMs: 3 * SECOND, row: recorded('other', 'app-1--pg--password') },
    ],
    [
      'itself, by a clock that is behind',
      { inMs: 3 * SECOND, outcome: held, task: { cause: 'event-1', attempt: 2, only: aRef() } },
    ],
    ['what is done', { inMs: 3 * SECOND, outcome: anOutcome() }],
    [
      'the failure of a message of its own, which goes on by itself',
      { inMs: 3 * SECOND, task: { only: aRef() } },
    ],
  ])('does not do for %s', async (_, found) => {
    expect(await foundWaiting(found)).toBeUndefined();
  });

  it('is not waited for where the table does not tell: that is said, and the target has its own', async () => {
    const { ports } = createWorld();
    ports.status.fail({ code: 'STATUS_UNAVAILABLE' });
    const task = newTask({ vault: 'team', name: 'app-1--pg--password' }, 'event-2', ports.clock.now());
    expect(await waitingAlready(ports, task, [failed])).toEqual(new Map());
    expect(ports.log.codes()).toEqual(['STATUS_UNAVAILABLE']);
  });
});
