import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from '../report/row.ts';
import { ACCEPTED, type Fed, NAMESPACE, ROUTES, valuesOf } from '../world/fixtures.ts';
import { cpuSeconds } from '../world/usage.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const CLUSTERS = ['c-1'];
const COUNT = 800;
const NAME = 'big';
const LOOK_MS = 100;
const GIVE_UP_MS = 120_000;

const SOURCES: readonly Fed[] = Array.from({ length: COUNT }, (_, index) => {
  const key = `k${String(index).padStart(3, '0')}`;
  return { secret: `${NAMESPACE}--${NAME}--${key}`, name: NAME, key };
});

/** Seconds until the new version of one source is there, by the event itself or by what it queued. */
async function eventSeconds(world: World): Promise<number> {
  const rotated = SOURCES.slice(0, 1);
  const expected = rotated.map(({ key }) => ({
    cluster: 'c-1',
    namespace: NAMESPACE,
    name: NAME,
    key,
    value: 'new',
  }));
  const [event] = await world.vault.rotate(valuesOf(rotated, 'new'));
  const from = performance.now();
  await world.app.deliver(event);
  while (performance.now() - from < GIVE_UP_MS) {
    if ((await world.clusters.missing(expected)) === 0) return (performance.now() - from) / 1000;
    await sleep(LOOK_MS);
  }
  return Infinity;
}

async function measure(world: World, say: (text: string) => void): Promise<Figure[]> {
  await world.vault.seed(valuesOf(SOURCES, 'seed'));
  await world.clusters.namespaces(CLUSTERS, ACCEPTED);
  await world.register(ROUTES);
  say(`a run over ${COUNT} sources of one Secret`);
  const before = await cpuSeconds(await world.app.pids());
  await world.reconcile(1);
  const cpu = (await cpuSeconds(await world.app.pids())) - before;
  const byRun = await world.clusters.keys('c-1', NAMESPACE, NAME);
  say('an event of one of them');
  const deliveredSeconds = await eventSeconds(world);
  const goal = { atLeast: COUNT };
  return [
    { what: `keys that a run delivers of ${COUNT}`, seen: byRun, unit: '', goal },
    { what: 'processor time of that run', seen: cpu, unit: 'CPU s' },
    {
      what: 'an event of one source is delivered after',
      seen: deliveredSeconds,
      unit: 's',
      goal: { atMost: 20 },
    },
  ];
}

export const manySources: Scenario = {
  name: 'many-sources',
  run: (say) =>
    inWorld(
      {
        clusters: CLUSTERS,
        functions: ['on-vault-event', 'push-retry', 'reconcile-timer', 'reconcile-shard'],
      },
      (world) => measure(world, say),
    ),
};
