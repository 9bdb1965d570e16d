import { sum } from '../report/numbers.ts';
import type { Figure } from '../report/row.ts';
import {
  ACCEPTED,
  clusterNames,
  expectedOf,
  fedSecrets,
  rollOut,
  ROUTES,
  valuesOf,
} from '../world/fixtures.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const CLUSTERS = clusterNames(5);
const NEW = 'c-6';
const SECRETS = fedSecrets(1000);

const routeTo = (names: readonly string[]) => ({ app: { ...ROUTES.app, clusters: { names } } });

async function measure(world: World, say: (text: string) => void): Promise<Figure[]> {
  await world.vault.seed(valuesOf(SECRETS, 'seed'));
  await world.clusters.namespaces([...CLUSTERS, NEW], ACCEPTED);
  say('the first roll-out, and a fleet made of it');
  await world.vault.counted();
  await rollOut(world, CLUSTERS, routeTo(CLUSTERS));
  const { values: floor } = await world.vault.counted();
  await world.reconcile(CLUSTERS.length);
  say('one cluster more in the names of the route');
  await world.register(routeTo([...CLUSTERS, NEW]), [NEW]);
  await Promise.all([world.clusters.forget(), world.vault.counted()]);
  await world.reconcile(CLUSTERS.length + 1);
  const missing = await world.clusters.missing(expectedOf([NEW], SECRETS, 'seed'));
  const asked = await world.clusters.asked();
  const others = CLUSTERS.map((name) => asked[name]);
  return [
    {
      what: 'Secrets in the new cluster',
      seen: SECRETS.length - missing,
      unit: '',
      goal: { atLeast: SECRETS.length },
    },
    {
      what: 'looks and writes at the other clusters',
      seen: sum(others.map((one) => (one === undefined ? Number.NaN : one.looks + one.writes))),
      unit: '',
      goal: { atMost: 0 },
    },
    {
      what: 'values read, over those of a first roll-out',
      seen: (await world.vault.counted()).values,
      unit: '',
      floor,
      goal: { ratioAtMost: 1 },
    },
  ];
}

/** A route that names its clusters gets one more. */
export const newCluster: Scenario = {
  name: 'new-cluster',
  run: (say) =>
    inWorld(
      {
        clusters: [...CLUSTERS, NEW],
        functions: ['reconcile-timer', 'reconcile-shard'],
      },
      (world) => measure(world, say),
    ),
};
