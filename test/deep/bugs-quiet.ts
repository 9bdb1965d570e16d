import type { Bug } from './bug.ts';

const file = 'shared/reconcile/quiet.ts';
const caughtBy = 'test/reconcile/looks-itself.test.ts';

/** What decides that a run has nothing to do, because all is as an earlier one left it. */
export const QUIET: readonly Bug[] = [
  {
    name: 'a run that compares itself leaves the Secrets out',
    edits: [{ file, find: 'return before.secrets === digestOfAll(secrets);', put: 'return true;' }],
    caughtBy: 'any',
  },
  {
    name: 'a run that compares itself leaves the registry and the vaults out',
    edits: [
      {
        file,
        find: 'before?.inputs !== inputsDigest(cluster, snapshot, instance)',
        put: 'before === undefined',
      },
    ],
    caughtBy: 'any',
  },
  {
    name: 'a run that compares itself leaves the namespaces out',
    edits: [
      {
        file,
        find: 'if (namespaces !== before.namespaces) return false;',
        put: '',
      },
    ],
    caughtBy,
  },
  {
    name: 'a run that compares itself leaves the rows out',
    edits: [{ file, find: ' && (await rows) === before.targets', put: '' }],
    caughtBy,
  },
  {
    name: 'a run that compares itself leaves the dates of secrets out',
    edits: [{ file, find: '[stateOf(one, readAt), one]', put: '[one]' }],
    caughtBy,
  },
  {
    name: 'a run that compares itself passes over a bad row of the registry',
    edits: [{ file, find: 'if (isUncertain({ ...snapshot, cluster })) return false;', put: '' }],
    caughtBy,
  },
  {
    name: 'a cluster that is quiet is never looked at again',
    edits: [{ file, find: ' && age < DAY_MS', put: '' }],
    caughtBy: 'test/reconcile/quiet.test.ts',
  },
  {
    name: 'a run that a person asks for compares itself to another',
    edits: [{ file, find: ' || shard.recheck', put: '' }],
    caughtBy: 'test/reconcile/quiet.test.ts',
  },
  {
    name: 'a proof that has to grow old is forgotten by runs that compare themselves',
    edits: [{ file, find: "removal !== '' || ", put: '' }],
    caughtBy,
  },
  {
    name: 'what the API server refused is forgotten by runs that compare themselves',
    edits: [{ file, find: "CODES[code].recheck === 'hourly'", put: 'false' }],
    caughtBy,
  },
  {
    name: 'a run that knew not all routes is taken for one that found no orphan',
    edits: [{ file, find: ' || isUncertain(did.snapshot)', put: '' }],
    caughtBy,
  },
  {
    name: 'a collision is mended by a run that compares itself',
    edits: [{ file, find: 'plan.collisions.length > 0 || ', put: '' }],
    caughtBy,
  },
  {
    name: 'what somebody saw later is never told by runs that compare themselves',
    edits: [{ file, find: ' || lookedAt > now', put: '' }],
    caughtBy,
  },
  {
    name: 'a namespace that was forbidden is forgotten by runs that compare themselves',
    edits: [
      {
        file: 'shared/reconcile/homes.ts',
        find: 'else digests.set(name, FORBIDDEN);',
        put: 'else digests.delete(name);',
      },
    ],
    caughtBy,
  },
  {
    name: 'a date that has passed is told for ever by runs that compare themselves',
    edits: [{ file, find: ' && !isExpired', put: '' }],
    caughtBy: 'test/reconcile/quiet.test.ts',
  },
  {
    name: 'a cluster left without any route is told of no more by runs that compare themselves',
    edits: [{ file, find: ' && !isStranded', put: '' }],
    caughtBy: 'test/reconcile/quiet.test.ts',
  },
  {
    name: 'a row that a run has still to forget is kept by the next',
    edits: [{ file, find: ' && plan.forget.length === 0', put: '' }],
    caughtBy,
  },
  {
    name: 'a run of which nothing can be kept is done all the same',
    edits: [
      {
        file: 'shared/reconcile/shard.ts',
        find: 'await ports.status.saveRun(unchanged, NEVER);',
        put: 'await ports.status.saveRun(unchanged, NEVER).catch(() => undefined);',
      },
    ],
    caughtBy: 'test/reconcile/quiet.test.ts',
  },
  {
    name: 'a back-off that is over holds a run back',
    edits: [
      {
        file: 'shared/reconcile/shard.ts',
        find: 'isHeld ? await readBackOffs(ports, NEVER) : read',
        put: 'read',
      },
    ],
    caughtBy: 'test/reconcile/back-off.test.ts',
  },
  {
    name: 'a target that every run looks into is left alone by runs that compare themselves',
    edits: [{ file, find: 'delivered.length === 0 && ', put: '' }],
    caughtBy,
  },
  {
    name: 'a target that nobody gets is told of no more by runs that compare themselves',
    edits: [{ file, find: " || refused.some(({ outcome }) => outcome.code === 'COLLISION')", put: '' }],
    caughtBy,
  },
  {
    name: 'a list of whole Secrets is digested, values and all',
    edits: [
      {
        file: 'shared/adapters/kubernetes/list-digest.ts',
        find: 'head.kind === KIND',
        put: 'head.kind !== 0',
      },
    ],
    caughtBy: 'test/adapters/kubernetes/list-digest.test.ts',
  },
];
