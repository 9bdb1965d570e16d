import type { Bug } from './bug.ts';

const file = 'shared/reconcile/quiet.ts';
const caughtBy = 'test/reconcile/quiet.test.ts';

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
        find: "if ((await kubernetes.digest(cluster, 'namespaces', signal)) !== before.namespaces) return false;",
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
    edits: [{ file, find: '[stateOf(properties, listing.readAt), properties]', put: '[properties]' }],
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
    caughtBy,
  },
  {
    name: 'a run that a person asks for compares itself to another',
    edits: [{ file, find: ' || shard.recheck', put: '' }],
    caughtBy,
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
    edits: [{ file, find: ' || isUncertain(snapshot)', put: '' }],
    caughtBy,
  },
  {
    name: 'a collision is mended by a run that compares itself',
    edits: [{ file, find: 'orphans, plan.collisions, updates', put: 'orphans, updates' }],
    caughtBy,
  },
];
