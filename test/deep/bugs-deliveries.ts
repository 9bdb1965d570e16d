import type { Bug } from './bug.ts';

const APPLY = 'shared/deliver/apply.ts';
const SHARED_READS = 'shared/deliver/shared-reads.ts';

/** Rules of what is written, and when: delivery, its reads and its owner. */
export const DELIVERIES: readonly Bug[] = [
  {
    row: 3,
    name: 'a Secret is deleted to be created anew with no message queued',
    edits: [{ file: APPLY, find: '  await safeguard(target);\n', put: '' }],
    about: 'recreation',
    caughtBy: 'any',
  },
  {
    row: 3,
    name: 'a run deletes a Secret to create it anew with no message queued',
    edits: [
      {
        file: 'shared/reconcile/cluster.ts',
        find: "await queue.push({ kind: 'target', ...work, ...ref }, SAFEGUARD_MS, NEVER);",
        put: '',
      },
    ],
    about: 'recreation',
    caughtBy: 'any',
  },
  {
    row: 4,
    name: 'a stale source keeps its siblings back',
    edits: [
      {
        file: 'shared/target/guards.ts',
        find: "if (change.action !== 'replace' || unfinished === undefined) return change;",
        put: 'if (unfinished === undefined) return change;',
      },
    ],
    about: 'restoredVault',
    caughtBy: 'any',
  },
  {
    row: 4,
    name: 'a write that fails forgets since when a source is stale',
    edits: [
      {
        file: 'shared/status/record.ts',
        find: "if (outcome.look.at !== 'sources') return known;",
        put: "if (outcome.look.at !== 'sources') return known;\n  if (outcome.kind === 'failed') return '';",
      },
    ],
    caughtBy: 'test/schedules/found.test.ts',
  },
  {
    row: 4,
    name: 'a replica that lags takes a Secret back to an older version',
    edits: [
      {
        file: 'shared/source/stale.ts',
        find: 'return used.created < delivered.created;',
        put: 'return used.created < delivered.created - 1e12;',
      },
    ],
    about: 'laggingVault',
    caughtBy: 'any',
  },
  {
    row: 6,
    name: 'an admission refusal right after consent was given is final for an hour',
    edits: [
      { file: 'shared/reconcile/current.ts', find: 'const FIRST_LOOKS = 4;', put: 'const FIRST_LOOKS = 0;' },
    ],
    about: 'consent',
    caughtBy: 'any',
  },
  {
    row: 10,
    name: 'who comes while a read runs shares it',
    edits: [
      {
        file: SHARED_READS,
        find: 'if (line.next === undefined || line.next.isAbandoned()) line.next = newTurn(start);\n    return line.next.join(signal);',
        put: 'return line.running.join(signal);',
      },
    ],
    caughtBy: 'any',
  },
  {
    row: 10,
    name: 'a read begins for those who have gone',
    edits: [
      {
        file: SHARED_READS,
        find: 'if (line.next === undefined || line.next.isAbandoned()) lines.delete(key);',
        put: 'if (line.next === undefined) lines.delete(key);',
      },
      {
        file: SHARED_READS,
        find: 'signal.aborted ? unlessAborted(signal, new Promise<never>(() => {})) : ask()',
        put: 'ask()',
      },
    ],
    about: 'outage',
    caughtBy: 'any',
  },
  {
    row: 11,
    name: 'of several routes that claim what none has made, the first by name creates it',
    edits: [
      {
        file: 'shared/route/owner.ts',
        find: "return others.length === 0 ? { kind: 'owned', by: only } : { kind: 'contested', among: [only, ...others] };",
        put: "return others.length < 99 ? { kind: 'owned', by: only } : { kind: 'contested', among: [only, ...others] };",
      },
    ],
    about: 'contest',
    caughtBy: 'any',
  },
  {
    row: 11,
    name: 'a route takes over what another one made and still claims',
    edits: [
      {
        file: 'shared/route/owner.ts',
        find: "if (recorded !== undefined && claimants.includes(recorded)) return { kind: 'owned', by: recorded };",
        put: "if (recorded !== undefined && claimants.includes(recorded) && claimants.length < 2) return { kind: 'owned', by: recorded };\n  if (claimants.length > 1) return { kind: 'owned', by: [...claimants].sort()[0] ?? '' };",
      },
    ],
    about: 'contest',
    caughtBy: 'any',
  },
  {
    row: 13,
    name: 'what waited for company waits again',
    edits: [
      {
        file: 'shared/retry/debounce.ts',
        find: 'const isEvent = task.only === undefined && !RUN_ID.test(task.cause);',
        put: 'const isEvent = !RUN_ID.test(task.cause);',
      },
    ],
    about: 'rotationWithCompany',
    caughtBy: 'any',
  },
  {
    row: 13,
    name: 'an event leaves its work to a message that was due long ago',
    edits: [
      {
        file: 'shared/retry/waiting.ts',
        find: "state === 'pending' && nextRetry > now + MARGIN_MS;",
        put: "state === 'pending' && nextRetry > 0;",
      },
    ],
    caughtBy: 'test/schedules/found.test.ts',
  },
  {
    name: 'a message takes itself for the one that waits',
    edits: [
      {
        file: 'shared/retry/waiting.ts',
        find: 'isMessage && row.cause === cause && row.attempts <= attempt;',
        put: 'isMessage && row.cause === cause && row.attempts < 0;',
      },
    ],
    caughtBy: 'test/schedules/found.test.ts',
  },
  {
    name: 'a row names who left its work to a message, and not the message',
    edits: [
      {
        file: 'shared/retry/settle.ts',
        find: '{ ...after, cause: row.cause, attempts: row.attempts }',
        put: 'after',
      },
    ],
    caughtBy: 'test/schedules/found.test.ts',
  },
];
