import { describe, expect, it } from 'vitest';
import { expiryView } from '../../../shared/cli/dashboard/view/expiry.ts';
import { fleetView } from '../../../shared/cli/dashboard/view/fleet.ts';
import { problemsView } from '../../../shared/cli/dashboard/view/problems.ts';
import { routesView } from '../../../shared/cli/dashboard/view/routes.ts';
import { runsView } from '../../../shared/cli/dashboard/view/runs.ts';
import { secretView } from '../../../shared/cli/dashboard/view/secret.ts';
import { secretsView } from '../../../shared/cli/dashboard/view/secrets.ts';
import { targetsView } from '../../../shared/cli/dashboard/view/targets.ts';
import type { World } from '../../../shared/cli/dashboard/view/world.ts';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { aCluster, aRoute } from '../../support/documents.ts';
import { aRun } from '../app.ts';
import { aRow, V1 } from '../rows.ts';

/** More than are merged at once, so that merges of merges are among them. */
const CLUSTERS = 40;
const TARGETS = 20;
const NOW = 1_795_000_500_000;
const name = (at: number): string => `c-${String(at).padStart(2, '0')}`;

/** Rows that note who looked into them. */
function watched() {
  const touched = new Set<TargetStatus>();
  const watch = (row: TargetStatus): TargetStatus => {
    const proxy: TargetStatus = new Proxy(row, {
      get(target, field) {
        touched.add(proxy);
        return Reflect.get(target, field) as unknown;
      },
    });
    return proxy;
  };
  return { touched, watch };
}

function rowOf(cluster: string, at: number): TargetStatus {
  const source = `app-${at % 4}--s-${at}`;
  const state = at % 10 === 0 ? ({ state: 'failed', code: 'RENDER_REFUSED' } as const) : {};
  const expires = JSON.stringify({ [source]: NOW / 1000 + at * 3600 });
  const sources = `team/${source}@${V1}:1795000000`;
  return aRow({ cluster, id: `app-${at % 4}:s-${at}`, route: `app-${at % 4}`, sources, expires, ...state });
}

function aWorld() {
  const { touched, watch } = watched();
  const rowsAt = (at: number) =>
    Array.from({ length: TARGETS }, (_, target) => watch(rowOf(name(at), target)));
  const runsAt = (at: number) => [aRun({ cluster: name(at) })];
  const ofAll = <T>(of: (at: number) => T) =>
    new Map(Array.from({ length: CLUSTERS }, (_, at) => [name(at), of(at)]));
  const [rows, runs] = [ofAll(rowsAt), ofAll(runsAt)];
  const routes = [0, 1, 2, 3].map((at) => aRoute(`app-${at}`));
  const registry = { clusters: [...rows.keys()].map((cluster) => aCluster(cluster)), routes, bad: [] };
  const before: World = { registry, rows, runs, backOffs: new Map(), notSeen: [] };
  /** The same, with other rows in one cluster. */
  const after = (): World => ({
    ...before,
    rows: new Map([...rows, [name(33), rowsAt(33)]]),
    runs: new Map([...runs, [name(33), runsAt(33)]]),
  });
  return { before, after, touched };
}

const look = { view: { state: 'valid', version: V1 } as const, tags: {}, versions: [] };
const query = (text: string): URLSearchParams => new URLSearchParams(text);

/** Every view, and how many rows it shows as they are. */
const VIEWS: readonly [string, number, (world: World) => unknown][] = [
  ['the fleet', 0, (world) => fleetView(world, null, NOW)],
  ['the secrets', 0, (world) => secretsView(world, query(''), NOW)],
  ['a search for secrets', 0, (world) => secretsView(world, query('q=app-1'), NOW)],
  ['the problems', 0, (world) => problemsView(world, NOW)],
  ['the runs', 0, (world) => runsView(world, NOW)],
  ['the expiry dates', 0, (world) => expiryView(world, NOW)],
  ['the routes', 0, (world) => routesView(world, NOW)],
  ['a page of the targets', 100, (world) => targetsView(world, query('offset=500&limit=100'), NOW)],
  ['a page of those that failed', 20, (world) => targetsView(world, query('state=failed&limit=20'), NOW)],
  [
    'a secret, of whose route there are five targets in each cluster',
    CLUSTERS * 5,
    (world) => secretView({ vault: 'team', name: 'app-1--s-1' }, world, look, NOW),
  ],
];

describe('when the rows of one cluster change', () => {
  it.each(VIEWS)(
    '%s: no row of another one is looked into but the %i that are shown',
    async (...[, shown, view]) => {
      const { before, after, touched } = aWorld();
      await view(before);
      expect(touched.size).toBe(CLUSTERS * TARGETS);
      touched.clear();
      await view(after());

      expect(touched.size).toBeLessThanOrEqual(TARGETS + shown);
    },
  );

  it.each(VIEWS)('%s: what is told is what a first look would tell', async (...[, , view]) => {
    const { before, after } = aWorld();
    await view(before);
    const next = after();
    const { registry, rows, runs } = next;
    const afresh = { ...next, registry: { ...registry }, rows: copied(rows), runs: copied(runs) };

    expect(await view(next)).toEqual(await view(afresh));
  });
});

/** Arrays that nobody has seen. */
function copied<T>(all: ReadonlyMap<string, readonly T[]>): ReadonlyMap<string, readonly T[]> {
  return new Map([...all].map(([cluster, some]) => [cluster, [...some]]));
}

describe('when nothing changes', () => {
  it.each(VIEWS)('%s: no row is looked into but the %i that are shown', async (...[, shown, view]) => {
    const { before, touched } = aWorld();
    await view(before);
    touched.clear();
    await view(before);

    expect(touched.size).toBeLessThanOrEqual(shown);
  });
});
