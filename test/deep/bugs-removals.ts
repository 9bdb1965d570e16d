import type { Bug } from './bug.ts';

const REMOVAL = 'shared/target/removal.ts';

/** Rules of what leaves: proofs, and what is held back. */
export const REMOVALS: readonly Bug[] = [
  {
    name: 'a Secret leaves by a proof that somebody ended since it was read',
    edits: [
      {
        file: 'shared/reconcile/orphan.ts',
        find: '!isStillProven(await standingProof(ports.status, ref, signal), WHOLE, due)',
        put: 'due.since < 0',
      },
    ],
    caughtBy: 'test/schedules/removal-proof.test.ts',
  },
  {
    name: 'a key leaves by a proof that somebody ended since it was read',
    edits: [
      {
        file: 'shared/deliver/sync-target.ts',
        find: 'isStillProven(known, name, one)',
        put: "known !== name && one.reason !== ''",
      },
    ],
    caughtBy: 'test/schedules/removal-proof.test.ts',
  },
  {
    row: 1,
    name: 'a run that looks at a paused or refused target leaves the proof of its removal',
    edits: [
      {
        file: 'shared/reconcile/plan.ts',
        find: 'return reasons === undefined ? [] :',
        put: "return reasons === undefined || (verdict !== 'current' && verdict !== 'push') ? [] :",
      },
    ],
    caughtBy: 'test/schedules/removal-proof.test.ts',
  },
  {
    row: 1,
    name: 'a look that ends a proof is not repeated when its row could not be saved',
    edits: [
      {
        file: 'shared/retry/settle.ts',
        find: 'await lookAgain(ports, task, unsaved, Math.max(ROWS_MS.least, end - clock.now()));',
        put: '',
      },
    ],
    caughtBy: 'test/schedules/removal-proof.test.ts',
  },
  {
    row: 1,
    name: 'a push that found a source again leaves the proof of its removal',
    edits: [
      {
        file: REMOVAL,
        find: '([name, { reason }]) => states.get(name) === reason)',
        put: '([name, { reason }]) => states.size < 0 || name !== reason)',
      },
    ],
    caughtBy: 'test/reconcile/lifecycle.test.ts',
  },
  {
    row: 1,
    name: 'a proof outlives what it was bound to',
    edits: [
      {
        file: REMOVAL,
        find: 'known?.reason === reason && known.bound === bound;',
        put: 'known?.reason === reason;',
      },
    ],
    caughtBy: 'test/schedules/removal-proof.test.ts',
  },
  {
    row: 1,
    name: 'a removal is carried out whatever the Secret records by then',
    edits: [
      {
        file: 'shared/deliver/sync-target.ts',
        find: "if (allowed.leaving === 'all' || allowed.leaving.size === 0) return target;",
        put: 'if (allowed.leaving !== undefined) return target;',
      },
    ],
    caughtBy: 'test/schedules/removal-proof.test.ts',
  },
  {
    row: 1,
    name: 'a key is removed by the first run that sees a reason',
    edits: [
      {
        file: REMOVAL,
        find: 'return one !== undefined && one.run !== run && now - one.at >= PROVEN_AFTER_MS;',
        put: 'return one !== undefined;',
      },
    ],
    about: 'removal',
    caughtBy: 'any',
  },
  {
    row: 2,
    name: 'the hold is judged over what the run may act on alone',
    edits: [
      {
        file: REMOVAL,
        find: 'if (isTooMuch(due) && !isConfirmed)',
        put: 'const mine = new Set(sightings.filter((one) => one.inScope).map(({ id }) => id));\n  if (isTooMuch(new Map([...due].filter(([id]) => mine.has(id)))) && !isConfirmed)',
      },
    ],
    about: 'bulk',
    caughtBy: 'any',
  },
  {
    row: 2,
    name: 'many removals need no confirmation',
    edits: [
      {
        file: REMOVAL,
        find: 'return removals > 5 && removals > managed * 0.05;',
        put: 'return removals > 5000 && removals > managed;',
      },
    ],
    caughtBy: 'test/reconcile/doubt.test.ts',
  },
  {
    row: 9,
    name: 'an orphan of which nothing is recorded holds the removals of its cluster',
    edits: [{ file: 'shared/reconcile/plan.ts', find: 'orphans.filter(isRecorded)', put: 'orphans' }],
    about: 'orphans',
    caughtBy: 'any',
  },
  {
    row: 9,
    name: 'a foreign key stays while no source has a value',
    edits: [
      {
        file: 'shared/target/change.ts',
        find: 'if (Object.keys(rendering.data).length === 0) return emptied(manifest, rendering, live);',
        put: "if (Object.keys(rendering.data).length === 0) return { action: 'none', secret: live };",
      },
    ],
    about: 'foreignKey',
    caughtBy: 'any',
  },
];
