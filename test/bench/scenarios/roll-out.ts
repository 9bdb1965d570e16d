import { bareRequests } from '../floor/floor.ts';
import type { Figure } from '../report/row.ts';
import { ACCEPTED, expectedOf, fedSecrets, NAMESPACE, ROUTES, valuesOf } from '../world/fixtures.ts';
import { cpuSeconds } from '../world/usage.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const SIZES = [250, 500, 1000, 2000];
const CLUSTERS = ['c-1'];
const WORLD = { clusters: CLUSTERS, functions: ['reconcile-timer', 'reconcile-shard'] } as const;
const PAGE = 25;

interface RollOut {
  size: number;
  cpuSeconds: number;
  bareCpuSeconds: number;
  pages: number;
}

async function rollOutOf(world: World, size: number): Promise<RollOut> {
  const secrets = fedSecrets(size);
  await world.vault.seed(valuesOf(secrets, 'seed'));
  await world.clusters.namespaces(CLUSTERS, ACCEPTED);
  await world.register(ROUTES);
  await world.vault.counted();
  const before = await cpuSeconds(await world.app.pids());
  const { 'c-1': state } = await world.reconcile(1);
  const cpu = (await cpuSeconds(await world.app.pids())) - before;
  const missing = await world.clusters.missing(expectedOf(CLUSTERS, secrets, 'seed'));
  if (missing > 0) throw new Error(`the run ended as ${state} and left ${missing} of ${size} Secrets behind`);
  const { pages } = await world.vault.counted();
  const [bare] = await bareRequests(world, { secrets, namespace: NAMESPACE, rounds: 1 });
  return { size, cpuSeconds: cpu, bareCpuSeconds: bare?.cpuSeconds ?? Number.NaN, pages };
}

function figuresOf({ size, cpuSeconds: cpu, bareCpuSeconds, pages }: RollOut): Figure[] {
  return [
    { what: `processor time, ${size} secrets`, seen: cpu, unit: 'CPU s', floor: bareCpuSeconds },
    { what: `pages of the vault, ${size} secrets`, seen: pages, unit: '', floor: Math.ceil(size / PAGE) },
  ];
}

async function run(say: (text: string) => void): Promise<Figure[]> {
  const rollOuts: RollOut[] = [];
  for (const size of SIZES) {
    say(`${size} secrets`);
    rollOuts.push(await inWorld(WORLD, (world) => rollOutOf(world, size)));
  }
  const [half, whole] = rollOuts.slice(-2);
  const goal = { ratioAtMost: 2.3 };
  const [cpu, pages] = [whole?.cpuSeconds ?? Number.NaN, whole?.pages ?? Number.NaN];
  return [
    ...rollOuts.flatMap(figuresOf),
    {
      what: 'processor time, 2,000 over 1,000 secrets',
      seen: cpu,
      unit: 'CPU s',
      floor: half?.cpuSeconds ?? Number.NaN,
      goal,
    },
    {
      what: 'pages of the vault, 2,000 over 1,000 secrets',
      seen: pages,
      unit: '',
      floor: half?.pages ?? Number.NaN,
      goal,
    },
  ];
}

/** First roll-outs into one namespace of one cluster. */
export const rollOuts: Scenario = { name: 'roll-out', run };
