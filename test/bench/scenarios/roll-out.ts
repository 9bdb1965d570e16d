import { bareRequests } from '../floor/floor.ts';
import type { Figure } from '../report/row.ts';
import { ACCEPTED, expectedOf, fedSecrets, NAMESPACE, ROUTES, valuesOf } from '../world/fixtures.ts';
import { byCode } from '../world/app.ts';
import { cpuSeconds } from '../world/usage.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const SIZES = [250, 500, 1000, 2000];
const CLUSTERS = ['c-1'];
const WORLD = { clusters: CLUSTERS, functions: ['reconcile-timer', 'reconcile-shard'] } as const;
const PAGE = 25;

interface RollOut {
  size: number;
  /** Secrets that were there afterwards; all outcomes by their code. */
  delivered: number;
  codes: Readonly<Record<string, number>>;
  cpuSeconds: number;
  /** Unknown where not all was delivered: a bare loop changes what is there. */
  bareCpuSeconds?: number;
  pages: number;
}

async function rollOutOf(world: World, size: number): Promise<RollOut> {
  const secrets = fedSecrets(size);
  await world.vault.seed(valuesOf(secrets, 'seed'));
  await world.clusters.namespaces(CLUSTERS, ACCEPTED);
  await world.register(ROUTES);
  await world.vault.counted();
  world.app.outcomes();
  const before = await cpuSeconds(await world.app.pids());
  await world.reconcile(1);
  const cpu = (await cpuSeconds(await world.app.pids())) - before;
  const missing = await world.clusters.missing(expectedOf(CLUSTERS, secrets, 'seed'));
  const { pages } = await world.vault.counted();
  const codes = byCode(world.app.outcomes());
  const rolledOut = { size, delivered: size - missing, codes, cpuSeconds: cpu, pages };
  if (missing > 0) return rolledOut;
  const order = { secrets, namespace: NAMESPACE, warm: 0, rounds: 2, rowsPerWrite: 0 };
  const [, bare] = await bareRequests(world, order);
  return { ...rolledOut, bareCpuSeconds: bare?.cpuSeconds ?? Number.NaN };
}

/** What a run says where all is well. */
const WELL = ['DELIVERED', 'RUN_DONE'];

function figuresOf({ size, delivered, codes, cpuSeconds: cpu, bareCpuSeconds, pages }: RollOut): Figure[] {
  const bad = Object.entries(codes).filter(([code]) => !WELL.includes(code));
  return [
    {
      what: `Secrets that a run delivers of ${size}`,
      seen: delivered,
      unit: '',
      goal: { atLeast: size },
    },
    ...bad.map(([code, count]): Figure => ({
      what: `outcomes ${code}, ${size} secrets`,
      seen: count,
      unit: '',
    })),
    {
      what: `processor time, ${size} secrets`,
      seen: cpu,
      unit: 'CPU s',
      ...(bareCpuSeconds !== undefined && { floor: bareCpuSeconds }),
    },
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
