import type { Bug } from './bug.ts';

/** Guards of removals, of ownership, of time and of runs. */
export const FURTHER: readonly Bug[] = [
  {
    name: 'a key is removed by the first run that sees a reason',
    edits: [
      {
        file: 'shared/target/removal.ts',
        find: 'return known !== undefined && known.run !== run && now - known.at >= PROVEN_AFTER_MS;',
        put: 'return known !== undefined;',
      },
    ],
    caughtBy: 'any',
  },
  {
    name: 'a removal does not look at its route again',
    edits: [
      {
        file: 'shared/deliver/permission.ts',
        find: 'return stands ? terms : { ...terms, removalProven: () => false };',
        put: 'return stands ? terms : { ...terms };',
      },
    ],
    caughtBy: 'test/reconcile/lifecycle.test.ts',
  },
  {
    name: 'an orphan is deleted without a look at the routes',
    edits: [
      {
        file: 'shared/reconcile/orphan.ts',
        find: 'if (routes.bad.length > 0 || isClaimed(live, target, seen, routes.rows))',
        put: 'if (routes.bad.length > 999)',
      },
    ],
    caughtBy: 'test/reconcile/orphans.test.ts',
  },
  {
    name: 'an orphan is deleted whatever it has become',
    edits: [
      {
        file: 'shared/reconcile/orphan.ts',
        find: 'await ports.kubernetes.remove(seen.cluster, live, signal)',
        put: 'await (async () => { const first = await ports.kubernetes.remove(seen.cluster, live, signal); const now = await ports.kubernetes.secret(seen.cluster, target, signal); return first.kind === "conflict" && now ? ports.kubernetes.remove(seen.cluster, now, signal) : first; })()',
      },
    ],
    caughtBy: 'test/reconcile/orphans.test.ts',
  },
  {
    name: 'a bad registry row suspends no removal',
    edits: [
      { file: 'shared/reconcile/view.ts', find: 'doubt: bad.length > 0', put: 'doubt: false' },
      {
        file: 'shared/deliver/permission.ts',
        find: 'bad.length === 0 && rows',
        put: 'bad.length >= 0 && rows',
      },
    ],
    caughtBy: 'test/reconcile/doubt.test.ts',
  },
  {
    name: 'many removals need no confirmation',
    edits: [
      {
        file: 'shared/reconcile/removals.ts',
        find: 'return removals > 5 && removals > managed * 0.05;',
        put: 'return removals > 5000 && removals > managed;',
      },
    ],
    caughtBy: 'test/reconcile/doubt.test.ts',
  },
  {
    name: 'a Secret of somebody else is taken for ours',
    edits: [
      {
        file: 'shared/deliver/target.ts',
        find: 'live === undefined ? undefined : notOurs(live, work.claim.target, terms.instance);',
        put: 'live === undefined ? undefined : notOurs({ ...live, labels: { ...live.labels, "app.kubernetes.io/managed-by": "vaultcast", "vaultcast.dev/instance": terms.instance }, annotations: { ...live.annotations, "vaultcast.dev/target": `${work.claim.target.cluster}/${live.namespace}/${live.name}` } }, work.claim.target, terms.instance);',
      },
    ],
    caughtBy: 'any',
  },
  {
    name: 'a source that cannot be read counts as deleted',
    edits: [
      {
        file: 'shared/deliver/gather.ts',
        find: "return { state: 'unreadable', failure: failureOf(error) };",
        put: "return failureOf(error).code === 'INTERNAL' ? { state: 'unreadable', failure: failureOf(error) } : { state: 'deleted' };",
      },
    ],
    caughtBy: 'test/deliver/writing.test.ts',
  },
  {
    name: 'a replica that lags takes a Secret back to an older version',
    edits: [
      {
        file: 'shared/target/change.ts',
        find: 'version.created < delivered.created) return name;',
        put: 'version.created < delivered.created - 1e12) return name;',
      },
    ],
    caughtBy: 'test/deliver/lifecycle.test.ts',
  },
  {
    name: 'an older version is brought back while the latest waits for its date',
    edits: [
      {
        file: 'shared/source/usable.ts',
        find: 'return version.created <= delivered.created;',
        put: 'return version.created < 0;',
      },
    ],
    caughtBy: 'test/source/usable.test.ts',
  },
  {
    name: 'what a paused route claims is reconciled',
    edits: [
      {
        file: 'shared/reconcile/plan.ts',
        find: 'if (wanted.claim.route.spec.paused || listing === undefined)',
        put: 'if (listing === undefined)',
      },
    ],
    caughtBy: 'any',
  },
  {
    name: 'what a narrowed consent left over is written away at once',
    edits: [
      {
        file: 'shared/target/change.ts',
        find: 'isEqual(manifest, without(live, leftover))',
        put: 'isEqual(manifest, without(live, { ...leftover, keys: [] }))',
      },
    ],
    caughtBy: 'test/reconcile/drift.test.ts',
  },
  {
    name: 'a push that found a source again leaves the proof of its removal',
    edits: [
      {
        file: 'shared/target/removal.ts',
        find: '([name, { reason }]) => states.get(name) === reason,',
        put: '([name, { reason }]) => states.size < 0 || name !== reason,',
      },
    ],
    caughtBy: 'test/reconcile/lifecycle.test.ts',
  },
  {
    name: 'a run that was overtaken long ago looks at everything again',
    edits: [
      {
        file: 'shared/reconcile/run-row.ts',
        find: 'run > than && !isAhead',
        put: 'run > `9${than}` && !isAhead',
      },
    ],
    caughtBy: 'test/reconcile/runs.test.ts',
  },
  {
    name: 'a run leaves every cluster to a newer one that is none',
    edits: [
      {
        file: 'shared/reconcile/run-row.ts',
        find: 'run > than && !isAhead',
        put: 'run !== than && !isAhead',
      },
    ],
    caughtBy: 'any',
  },
  {
    name: 'a key that is expired and removed comes back',
    edits: [
      {
        file: 'shared/source/usable.ts',
        find: "if (route.spec.onExpired === 'remove' && delivered === undefined) return { keep: gathered.state };",
        put: '',
      },
    ],
    caughtBy: 'test/reconcile/lifecycle.test.ts',
  },
  {
    name: 'a target is called gone while its vault cannot be listed',
    edits: [
      {
        file: 'shared/reconcile/desired.ts',
        find: 'return !view.listings.has(owner.spec.vault);',
        put: 'return false;',
      },
    ],
    caughtBy: 'test/reconcile/doubt.test.ts',
  },
];
