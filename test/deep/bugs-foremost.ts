import type { Bug } from './bug.ts';

const DELIVER = 'shared/deliver/deliver.ts';
const WAVE = 'const reads = gathering(ports, signal);\n    const pushed';

/** What the design was made to avoid. */
export const FOREMOST: readonly Bug[] = [
  {
    name: 'sources are read before their targets are observed',
    edits: [
      { file: DELIVER, find: WAVE, put: 'const reads = early;\n    const pushed' },
      {
        file: DELIVER,
        find: 'const turns = turnsOf(terms.concurrency);',
        put: `const turns = turnsOf(terms.concurrency);
  const early = gathering(ports, signal);
  for (const { claim, source, listed } of works)
    for (const name of source === undefined ? (listed ?? []) : [source])
      await early.source({ vault: claim.route.spec.vault, name });`,
      },
    ],
    caughtBy: 'calm',
  },
  {
    name: 'a Secret is replaced whatever it has become since it was observed',
    edits: [
      {
        file: 'shared/deliver/write.ts',
        find: 'await ports.kubernetes.replace(cluster, decision.manifest, decision.live, signal)',
        put: 'await ports.kubernetes.replace(cluster, decision.manifest, (await ports.kubernetes.secret(cluster, claim.target, signal)) ?? decision.live, signal)',
      },
    ],
    caughtBy: 'calm',
  },
  {
    name: 'a list that broke counts as what came until then',
    edits: [
      {
        file: 'shared/reconcile/view.ts',
        find: 'vaultProblems.push(vaultProblem(vault, code, message));',
        put: 'listings.set(vault, { vault, secrets: new Map(), readAt: Math.floor(ports.clock.now() / 1000) });',
      },
    ],
    caughtBy: 'test/reconcile/doubt.test.ts',
  },
  {
    name: 'what was created is not confirmed by another read',
    edits: [
      {
        file: DELIVER,
        find: 'const created = results.filter((result) => result.created === true);',
        put: 'const created: Result[] = [];',
      },
    ],
    caughtBy: 'calm',
  },
  {
    name: 'reads are used again after a conflict',
    edits: [
      {
        file: DELIVER,
        find: WAVE,
        put: 'const reads = Object.assign(turns, { kept: gathering(ports, signal) }).kept;\n    const pushed',
      },
      {
        file: DELIVER,
        find: 'const reads = gathering(ports, signal);\n  const again',
        put: 'const reads = (turns as unknown as { kept?: Gathering }).kept ?? gathering(ports, signal);\n  const again',
      },
    ],
    caughtBy: 'calm',
  },
  {
    name: 'targets that were observed late share the first read',
    edits: [
      {
        file: DELIVER,
        find: WAVE,
        put: 'const reads = (first0 ??= gathering(ports, signal));\n    const pushed',
      },
      {
        file: DELIVER,
        find: 'const turns = turnsOf(terms.concurrency);',
        put: 'const turns = turnsOf(terms.concurrency);\n  let first0: Gathering | undefined;',
      },
    ],
    caughtBy: 'test/deliver/waves.test.ts',
  },
  {
    name: "a sibling's bytes are carried over unread",
    edits: [
      {
        file: 'shared/deliver/target.ts',
        find: 'contributionOf(one, work.claim.route, recorded.get(name), terms.removalProven(work, name, one.state)),',
        put: "live !== undefined && work.source !== undefined && work.source !== name ? { keep: 'disabled' } : contributionOf(one, work.claim.route, recorded.get(name), terms.removalProven(work, name, one.state)),",
      },
    ],
    caughtBy: 'test/deliver/writing.test.ts',
  },
  {
    name: 'a row is believed though the Secret is another one by now',
    edits: [
      {
        file: 'shared/reconcile/current.ts',
        find: 'if (!isSameSecret(row, live) || row.route',
        put: 'if (row.route',
      },
    ],
    caughtBy: 'any',
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
    caughtBy: 'any',
  },
  {
    name: 'a Secret that is absent is created of the source of the event alone',
    edits: [
      {
        file: 'shared/source/needs.ts',
        find: 'if (recorded === undefined || recorded.route !== claim.route.metadata.name) return undefined;',
        put: 'if (recorded === undefined) return hint.source === undefined ? undefined : [hint.source];\n  if (recorded.route !== claim.route.metadata.name) return undefined;',
      },
    ],
    caughtBy: 'calm',
  },
];
