import type { Bug } from './bug.ts';

/** Guards of removals, of ownership, of time, of runs and of events. */
export const FURTHER: readonly Bug[] = [
  {
    name: 'a removal does not look at its route again',
    edits: [
      {
        file: 'shared/deliver/sync-target.ts',
        find: 'if (bad.length > 0 || !rows.some((one) => isSameRoute(one, route))) return',
        put: 'if (bad.length < 0 || !isSameRoute(route, route)) return',
      },
    ],
    caughtBy: 'test/reconcile/lifecycle.test.ts',
  },
  {
    name: 'an orphan is deleted without a look at the routes',
    edits: [
      {
        file: 'shared/reconcile/orphan.ts',
        find: 'if (routes.bad.length > 0 || routes.rows.some((route) => mayWant(route, live, snapshot)))',
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
        find: 'await ports.kubernetes.remove(snapshot.cluster, live, signal)',
        put: 'await (async () => { const first = await ports.kubernetes.remove(snapshot.cluster, live, signal); const now = await ports.kubernetes.secret(snapshot.cluster, ref, signal); return first.kind === "conflict" && now ? ports.kubernetes.remove(snapshot.cluster, now, signal) : first; })()',
      },
    ],
    caughtBy: 'test/reconcile/orphans.test.ts',
  },
  {
    name: 'a bad registry row suspends no removal',
    edits: [
      { file: 'shared/reconcile/plan.ts', find: 'if (snapshot.bad.length > 0) return NO_REMOVALS;', put: '' },
      { file: 'shared/reconcile/snapshot.ts', find: 'bad.length > 0 ||', put: '' },
      {
        file: 'shared/deliver/sync-target.ts',
        find: 'if (bad.length > 0 || !rows.some',
        put: 'if (!rows.some',
      },
    ],
    caughtBy: 'test/reconcile/doubt.test.ts',
  },
  {
    name: 'a Secret of somebody else is taken for ours',
    edits: [
      {
        file: 'shared/deliver/sync-target.ts',
        find: 'live === undefined ? undefined : notOurs(live, ref, instance);',
        put: 'live === undefined ? undefined : notOurs({ ...live, labels: { ...live.labels, "app.kubernetes.io/managed-by": "vaultcast", "vaultcast.dev/instance": instance }, annotations: { ...live.annotations, "vaultcast.dev/target": `${ref.cluster}/${live.namespace}/${live.name}` } }, ref, instance);',
      },
    ],
    caughtBy: 'any',
  },
  {
    name: 'a source that cannot be read counts as deleted',
    edits: [
      {
        file: 'shared/deliver/reads.ts',
        find: "return { state: 'unreadable', failure: failureOf(error) };",
        put: "return failureOf(error).code === 'INTERNAL' ? { state: 'unreadable', failure: failureOf(error) } : { state: 'deleted' };",
      },
    ],
    caughtBy: 'test/deliver/writing.test.ts',
  },
  {
    name: 'an older version is brought back while the latest waits for its date',
    edits: [
      {
        file: 'shared/source/contribution.ts',
        find: 'return version.created <= delivered.created;',
        put: 'return version.created < 0;',
      },
    ],
    caughtBy: 'test/source/contribution.test.ts',
  },
  {
    name: 'what a paused route claims is reconciled',
    edits: [
      {
        file: 'shared/reconcile/plan.ts',
        find: 'if (route.spec.paused || listing === undefined)',
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
        find: 'isEqual(manifest, rest)',
        put: 'isEqual(manifest, live)',
      },
    ],
    caughtBy: 'test/reconcile/drift.test.ts',
  },
  {
    name: 'a run that was overtaken long ago looks at everything again',
    edits: [
      {
        file: 'shared/reconcile/earlier.ts',
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
        file: 'shared/reconcile/earlier.ts',
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
        file: 'shared/source/contribution.ts',
        find: "if (route.spec.onExpired === 'remove' && delivered === undefined) return { keep: source.state };",
        put: '',
      },
    ],
    caughtBy: 'test/reconcile/lifecycle.test.ts',
  },
  {
    name: 'a target is called gone while its vault cannot be listed',
    edits: [
      {
        file: 'shared/reconcile/wanted.ts',
        find: 'return !view.listings.has(owner.spec.vault);',
        put: 'return false;',
      },
    ],
    caughtBy: 'test/reconcile/doubt.test.ts',
  },
  {
    name: 'who made a Secret is forgotten between DELETE and POST',
    edits: [{ file: 'shared/deliver/feeding.ts', find: 'recorded ?? made)', put: 'recorded)' }],
    caughtBy: 'test/schedules/rival.test.ts',
  },
  {
    name: 'a removal that something keeps is tried by every run',
    edits: [
      {
        file: 'shared/target/removal.ts',
        find: 'tried.has(name) ? { ...one, tried: true } : one',
        put: 'tried.has(name) ? { ...one } : one',
      },
    ],
    caughtBy: 'test/schedules/blocked-removal.test.ts',
  },
  {
    name: 'an event of any vault is one of the first that is configured',
    edits: [
      {
        file: 'shared/event/parse.ts',
        find: 'if (new URL(url).origin === origin) return alias;',
        put: "if (url !== '' || origin !== '') return alias;",
      },
    ],
    caughtBy: 'test/fuzz/events.test.ts',
  },
];
