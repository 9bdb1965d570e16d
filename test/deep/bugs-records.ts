import type { Bug } from './bug.ts';

const RECORD = 'shared/status/record.ts';

/** Rules of what people read, of what waits, and of what is found again: rows, messages, back-off, recovery. */
export const RECORDS: readonly Bug[] = [
  {
    row: 5,
    name: 'what has failed for a day in runs never becomes a problem',
    edits: [
      {
        file: RECORD,
        find: "return isLeftToRuns && (before?.state === 'failed' || now - failingSince >= DAY_MS);",
        put: 'return isLeftToRuns && now < failingSince;',
      },
    ],
    about: 'longFailure',
    caughtBy: 'any',
  },
  {
    row: 5,
    name: 'a run says that something is tried again, and queues nothing',
    edits: [
      {
        file: 'shared/reconcile/rows.ts',
        find: 'cause: run, attempt: 1, now, lookedAt, nextRetry: 0 }',
        put: 'cause: run, attempt: 1, now, lookedAt, nextRetry: now + 60_000 }',
      },
    ],
    about: 'outage',
    caughtBy: 'any',
  },
  {
    row: 9,
    name: 'what an event announced is dated to the millisecond, which no row can hold',
    edits: [
      {
        file: 'shared/event/parse.ts',
        find: 'at: Math.floor(time / 1000)',
        put: 'at: time / 1000',
      },
    ],
    caughtBy: 'test/schedules/late-message.test.ts',
    shows: 'looks again until it is there, without a run',
  },
  {
    row: 7,
    name: 'a row is written whatever was written there meanwhile',
    edits: [
      {
        file: 'shared/retry/rows.ts',
        find: 'write: { row, over: update.before }',
        put: "write: { row, over: 'any' as const }",
      },
    ],
    caughtBy: 'test/schedules/rows.test.ts',
  },
  {
    row: 7,
    name: 'an older look overwrites the row of a later one',
    edits: [
      {
        file: RECORD,
        find: 'return before.lookedAt > lookedAt && !isAwaited;',
        put: 'return before.lookedAt > lookedAt + 1e12 && !isAwaited;',
      },
    ],
    caughtBy: 'test/schedules/rows.test.ts',
  },
  {
    row: 7,
    name: 'a route that owns nothing there overwrites the row of the one that does',
    edits: [
      {
        file: RECORD,
        find: "if (code === 'COLLISION')",
        put: "if (code === 'CONFLICT')",
      },
    ],
    caughtBy: 'test/schedules/rows.test.ts',
  },
  {
    row: 7,
    name: 'rows of a cluster that is gone stay',
    edits: [
      {
        file: 'shared/reconcile/start.ts',
        find: 'if (registered.size > 0) await forgetStrangers(ports, registered);',
        put: 'if (registered.size > 999) await forgetStrangers(ports, registered);',
      },
    ],
    about: 'recovery',
    caughtBy: 'any',
  },
  {
    row: 8,
    name: 'a run that meets a back-off ends there',
    edits: [
      {
        file: 'shared/reconcile/shard.ts',
        find: 'if (!shard.dryRun && clock.now() - startOf(shard.run) < DAY_MS)',
        put: 'if (!shard.dryRun && clock.now() - startOf(shard.run) > DAY_MS)',
      },
    ],
    caughtBy: 'test/schedules/back-off.test.ts',
  },
  {
    row: 8,
    name: 'who lost a try waits although the cluster has recovered',
    edits: [
      {
        file: 'shared/retry/hold.ts',
        find: 'return isMine || hasRecovered(ports, cluster, signal);',
        put: 'return isMine;',
      },
    ],
    caughtBy: 'test/schedules/back-off.test.ts',
  },
  {
    row: 9,
    name: 'a version that waits for its date is told of although its message was not queued',
    edits: [
      {
        file: 'shared/reconcile/cluster.ts',
        find: 'before, asked))) unscheduled.add(row);',
        put: 'before, asked))) unscheduled.size;',
      },
    ],
    about: 'laterVersion',
    caughtBy: 'any',
  },
  {
    row: 9,
    name: 'what an event announced is not looked for again when a replica does not show it',
    edits: [
      {
        file: 'shared/retry/requeue.ts',
        find: 'if (announced === undefined) return [];',
        put: 'if (announced === undefined || now > 0) return [];',
      },
    ],
    caughtBy: 'calm',
  },
  {
    row: 9,
    name: 'what an event announced is forgotten by its later attempts',
    edits: [
      {
        file: 'shared/retry/announced.ts',
        find: 'if (newest === undefined ||',
        put: 'if (newest === undefined || now > 0 ||',
      },
    ],
    caughtBy: 'test/schedules/late-message.test.ts',
  },
  {
    row: 9,
    name: 'what stood in a Secret is not looked for when it is created of an older version',
    edits: [
      {
        file: 'shared/retry/announced.ts',
        find: "effectOf(outcome)?.action === 'create' ? datedBy(",
        put: "effectOf(outcome)?.action === 'none' ? datedBy(",
      },
    ],
    caughtBy: 'test/schedules/late-message.test.ts',
    shows: 'gets what stood there before, without a run',
  },
  {
    row: 12,
    name: 'a run looks only where rows tell of Secrets',
    edits: [
      {
        file: 'shared/reconcile/homes.ts',
        find: 'return isOpen || before.has(name) ?',
        put: 'return before.has(name) ?',
      },
    ],
    about: 'recovery',
    caughtBy: 'any',
  },
  {
    row: 12,
    name: 'a run looks only where routes or rows tell of Secrets',
    edits: [
      {
        file: 'shared/reconcile/homes.ts',
        find: 'const isOpen = accept !== undefined ||',
        put: 'const isOpen = (accept !== undefined && isNamed) ||',
      },
    ],
    about: 'recovery',
    caughtBy: 'any',
  },
  {
    row: 12,
    name: 'what a paused route claims has no row after a loss of the table',
    edits: [
      {
        file: 'shared/reconcile/rows.ts',
        find: '...paused.flatMap((target) => newlyPaused(target, snapshot, proofs, looked)),',
        put: '',
      },
    ],
    caughtBy: 'test/schedules/recovery.test.ts',
  },
  {
    row: 12,
    name: 'a row is believed though the Secret is another one by now',
    edits: [
      {
        file: 'shared/reconcile/current.ts',
        find: 'if (!isSameSecret(row, live) || row.route',
        put: 'if (row.route',
      },
    ],
    about: 'recovery',
    caughtBy: 'any',
  },
];
