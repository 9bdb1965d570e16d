import { median } from '../report/numbers.ts';
import type { Figure } from '../report/row.ts';
import { fedSecrets, NAMESPACE, valuesOf } from '../world/fixtures.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

/** The cluster that is slow or hangs, with many targets; two healthy ones with one each, one of them some way off. */
const [SICK, NEAR, FAR] = ['sick', 'near', 'far'] as const;
const CLUSTERS = [SICK, NEAR, FAR];
const TARGETS = 200;
const FAR_MS = 300;
const SLOW_MS = 1900;
const ANSWERS = 1;
const LATER_MS = 300;
const ROUNDS = 3;

const NAMESPACES = Array.from({ length: TARGETS }, (_, index) => `${NAMESPACE}-${index + 1}`);
const ACCEPT = `${NAMESPACE}--`;

const ROUTES = {
  many: { prefix: ACCEPT, clusters: { names: [SICK] }, namespaces: NAMESPACES },
  one: { prefix: ACCEPT, clusters: { names: [NEAR, FAR] }, namespaces: [NAMESPACE] },
};

/** Ms from the new version to the write, of each healthy cluster; Infinity: not within its event. */
type Written = Record<typeof NEAR | typeof FAR, number>;

async function rotate(world: World, value: string): Promise<Written> {
  await world.clusters.forget();
  const [event] = await world.vault.rotate(valuesOf(fedSecrets(1), value));
  const from = Date.now();
  await world.app.deliver(event);
  const asked = await world.clusters.asked();
  const after = (cluster: string): number => (asked[cluster]?.lastWriteAt || Infinity) - from;
  return { [NEAR]: after(NEAR), [FAR]: after(FAR) };
}

/** Each round from the same start: no instance knows yet that the cluster is sick. */
async function rounds(world: World, name: string, fall: () => Promise<void>): Promise<Written[]> {
  const written: Written[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await fall();
    written.push(await rotate(world, `${name} ${round}`));
    await Promise.all([world.clusters.mend(SICK), world.storage.closeBackOff(SICK)]);
  }
  return written;
}

function later(what: string, healthy: readonly Written[], sick: readonly Written[]): Figure[] {
  return ([NEAR, FAR] as const).map((cluster) => {
    const of = (all: readonly Written[]): number => median(all.map((one) => one[cluster]));
    const where = cluster === NEAR ? 'a healthy one' : `a healthy one ${FAR_MS} ms away`;
    return {
      what: `${what}: ${where} later by`,
      seen: Math.max(0, of(sick) - of(healthy)),
      unit: 'ms',
      goal: { atMost: LATER_MS },
    };
  });
}

async function measure(world: World, say: (text: string) => void): Promise<Figure[]> {
  await world.vault.seed(valuesOf(fedSecrets(1), 'seed'));
  await world.clusters.namespaces([SICK], Object.fromEntries(NAMESPACES.map((name) => [name, ACCEPT])));
  await world.clusters.namespaces([NEAR, FAR], { [NAMESPACE]: ACCEPT });
  await world.register(ROUTES);
  await world.reconcile(CLUSTERS.length);
  await world.clusters.delay(FAR, FAR_MS);
  say('all healthy');
  await rounds(world, 'warm', async () => {});
  const healthy = await rounds(world, 'healthy', async () => {});
  say(`${TARGETS} targets in a cluster that takes ${SLOW_MS} ms for an answer`);
  const slow = await rounds(world, 'slow', () => world.clusters.delay(SICK, SLOW_MS));
  say(`${TARGETS} targets in a cluster that answers once and hangs`);
  const hung = await rounds(world, 'hung', () => world.clusters.hangAfter(SICK, ANSWERS));
  return [...later('one takes 1.9 s', healthy, slow), ...later('one answers once and hangs', healthy, hung)];
}

/** What a sick cluster costs the healthy ones of the same event. What is queued meanwhile waits: no group takes it. */
export const slowCluster: Scenario = {
  name: 'slow-cluster',
  run: (say) =>
    inWorld(
      {
        clusters: CLUSTERS,
        functions: ['on-vault-event', 'reconcile-timer', 'reconcile-shard'],
      },
      (world) => measure(world, say),
    ),
};
