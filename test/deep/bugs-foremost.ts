import type { Bug } from './bug.ts';

const DELIVER = 'shared/deliver/deliver.ts';
const FIRST = 'sync(await observations.prompt(), startReads(ports, signal))';
const LATE = 'sync(await observations.late(), startReads(ports, signal))';
const OBSERVE = 'const observations = startObservations(ports, targets, delivery, signal);\n  const first';

/** What the design was made to avoid. */
export const FOREMOST: readonly Bug[] = [
  {
    name: 'sources are read before their targets are observed',
    edits: [
      { file: DELIVER, find: FIRST, put: 'sync(await observations.prompt(), early)' },
      { file: DELIVER, find: LATE, put: 'sync(await observations.late(), early)' },
      {
        file: DELIVER,
        find: OBSERVE,
        put: `const early = startReads(ports, signal);
  for (const { route, asked } of targets)
    for (const name of asked.by === 'run' ? asked.listed : [asked.name])
      await early.source({ vault: route.spec.vault, name });
  ${OBSERVE}`,
      },
    ],
    caughtBy: 'calm',
  },
  {
    name: 'a Secret is replaced whatever it has become since it was observed',
    edits: [
      {
        file: 'shared/deliver/apply.ts',
        find: 'kubernetes.replace(cluster, change.manifest, change.secret, signal)',
        put: 'kubernetes.replace(cluster, change.manifest, (await kubernetes.secret(cluster, { cluster: cluster.metadata.name, ...change.secret }, signal)) ?? change.secret, signal)',
      },
    ],
    caughtBy: 'calm',
  },
  {
    name: 'a list that broke counts as what came until then',
    edits: [
      {
        file: 'shared/reconcile/snapshot.ts',
        find: 'failures.set(vault, failureOf(error));',
        put: 'listings.set(vault, { vault, secrets: new Map(), readAt: 1_800_000_000 });',
      },
    ],
    caughtBy: 'test/reconcile/doubt.test.ts',
  },
  {
    name: 'what was created is not confirmed by another read',
    edits: [
      {
        file: DELIVER,
        find: 'const created = outcomes.flatMap((outcome) => (wasCreated(outcome) ? [outcome] : []));',
        put: 'const created: Synced[] = [];',
      },
      { file: DELIVER, find: ' && !wasCreated(outcome));', put: ');' },
    ],
    caughtBy: 'calm',
  },
  {
    name: 'reads are used again after a conflict',
    edits: [
      { file: DELIVER, find: 'type World =', put: 'let kept: Reads | undefined;\n\ntype World =' },
      {
        file: DELIVER,
        find: FIRST,
        put: 'sync(await observations.prompt(), (kept = startReads(ports, signal)))',
      },
      {
        file: DELIVER,
        find: 'const reads = startReads(ports, signal);\n  const again',
        put: 'const reads = kept ?? startReads(ports, signal);\n  const again',
      },
    ],
    caughtBy: 'calm',
  },
  {
    name: 'targets that were observed late share the first read',
    edits: [
      { file: DELIVER, find: OBSERVE, put: `const one = startReads(ports, signal);\n  ${OBSERVE}` },
      { file: DELIVER, find: FIRST, put: 'sync(await observations.prompt(), one)' },
      { file: DELIVER, find: LATE, put: 'sync(await observations.late(), one)' },
    ],
    caughtBy: 'test/deliver/waves.test.ts',
  },
  {
    name: "a sibling's bytes are carried over unread",
    edits: [
      {
        file: 'shared/deliver/sync-target.ts',
        find: 'return [name, contributionOf(source, route, recorded.get(name), leaves)];',
        put: "if (live !== undefined && target.asked.by === 'secret' && target.asked.name !== name) return [name, { keep: 'disabled' }];\n      return [name, contributionOf(source, route, recorded.get(name), leaves)];",
      },
    ],
    caughtBy: 'test/deliver/writing.test.ts',
  },
  {
    name: 'a read counts as the last word on a change of the same second',
    edits: [
      {
        file: 'shared/reconcile/current.ts',
        find: 'row.readAt >= properties.updated + MARGIN_SECONDS',
        put: 'row.readAt >= properties.updated - MARGIN_SECONDS',
      },
    ],
    // The model finds it, too, in its program 828 about laggingVault: what events announced is looked for in most of its stories.
    caughtBy: 'test/reconcile/steady.test.ts',
    shows: 'is looked at once more while a replica of the vault may lag',
  },
  {
    name: 'a Secret that is absent is created of the source of the event alone',
    edits: [
      {
        file: 'shared/source/needs.ts',
        find: 'if (recorded === undefined || recorded.route !== route.metadata.name) return undefined;',
        put: "if (recorded === undefined) return asked.by === 'run' ? undefined : [asked.name];\n  if (recorded.route !== route.metadata.name) return undefined;",
      },
    ],
    caughtBy: 'calm',
  },
];
