import { bareLists } from '../floor/floor.ts';
import { median, sum } from '../report/numbers.ts';
import type { Figure } from '../report/row.ts';
import { clusterNames, rollOut } from '../world/fixtures.ts';
import { cpuSeconds, peakMiB, resetPeak } from '../world/usage.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const CLUSTERS = clusterNames(100);
/** In each cluster ten namespaces with a hundred Secrets each. */
const NAMESPACES = Array.from({ length: 10 }, (_, index) => `app-${index}`);
const PER_NAMESPACE = 100;
const ROUNDS = 3;
/** What a run writes anyway: its own rows in `Runs`. */
const OWN_ROWS = /^[A-Z]+ Runs$/;

const SECRETS = Object.fromEntries(
  NAMESPACES.flatMap((namespace) =>
    Array.from({ length: PER_NAMESPACE }, (_, index) => [`${namespace}--service-${index}--password`, 'seed']),
  ),
);

const ROUTE = {
  everything: { prefix: '', allSecrets: true, namespaces: { fromSegment: 1 } },
};

interface Steady {
  ms: number;
  cpuSeconds: number;
  values: number;
  writes: number;
}

const isWrite = (key: string): boolean =>
  !/^(?:GET|POST queue|DELETE queue|PUT queue) ?/.test(key) && !OWN_ROWS.test(key);

/** One run, from its first request to the vault to the end of its last cluster. */
async function steady(world: World): Promise<Steady> {
  const pids = await world.app.pids();
  await Promise.all([world.clusters.forget(), world.vault.counted(), world.storage.counted()]);
  world.app.outcomes();
  const before = await cpuSeconds(pids);
  const ended = await world.reconcile(CLUSTERS.length);
  const cpu = (await cpuSeconds(pids)) - before;
  const bad = Object.entries(ended).filter(([, state]) => state !== 'done');
  if (bad.length > 0) throw new Error(`runs that are not done: ${JSON.stringify(bad)}`);
  const { values, firstAt } = await world.vault.counted();
  const lines = world.app.outcomes().filter(({ code }) => code === 'RUN_DONE');
  const asked = Object.values(await world.clusters.asked());
  const tables = Object.entries(await world.storage.counted()).filter(([key]) => isWrite(key));
  return {
    ms: Math.max(...lines.map(({ time }) => Date.parse(time))) - firstAt,
    cpuSeconds: cpu,
    values,
    writes: sum(asked.map(({ writes }) => writes)) + sum(tables.map(([, count]) => count)),
  };
}

async function measure(world: World, say: (text: string) => void): Promise<Figure[]> {
  await world.vault.seed(SECRETS);
  await world.clusters.namespaces(
    CLUSTERS,
    Object.fromEntries(NAMESPACES.map((name) => [name, `${name}--`])),
  );
  say('the first roll-out, and a fleet made of it');
  await rollOut(world, CLUSTERS, ROUTE);
  say('bare lists');
  const before = await bareLists(world, NAMESPACES, ROUNDS);
  const pids = await world.app.pids();
  say('a run that looks at everything first');
  await steady(world);
  await resetPeak(pids);
  const counted: Steady[] = [];
  const whole: Steady[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`run ${round} of ${ROUNDS}`);
    counted.push(await steady(world));
  }
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`run ${round} of ${ROUNDS} that looks at everything`);
    // The registry is another, and asks for nothing new.
    await world.register({ [`other-${round}`]: { prefix: `other-${round}--`, namespaces: ['other'] } }, []);
    whole.push(await steady(world));
  }
  const peak = await peakMiB(pids);
  say('the bare lists again');
  const bare = [...before, ...(await bareLists(world, NAMESPACES, ROUNDS))];
  const all = [...counted, ...whole];
  const goal = { ratioAtMost: 1.6 };
  const floorMs = median(bare.map(({ ms }) => ms));
  const floorCpu = median(bare.map((lists) => lists.cpuSeconds));
  return [
    {
      what: 'a run',
      seen: median(counted.map(({ ms }) => ms)) / 1000,
      unit: 's',
      floor: floorMs / 1000,
      goal,
    },
    {
      what: 'processor time of a run',
      seen: median(counted.map((run) => run.cpuSeconds)),
      unit: 'CPU s',
      floor: floorCpu,
      goal,
    },
    {
      what: 'a run that looks at everything itself',
      seen: median(whole.map(({ ms }) => ms)) / 1000,
      unit: 's',
      floor: floorMs / 1000,
    },
    {
      what: 'processor time of such a run',
      seen: median(whole.map((run) => run.cpuSeconds)),
      unit: 'CPU s',
      floor: floorCpu,
    },
    {
      what: 'values read',
      seen: Math.max(...all.map(({ values }) => values)),
      unit: '',
      goal: { atMost: 0 },
    },
    {
      what: "writes beside the run's own rows",
      seen: Math.max(...all.map(({ writes }) => writes)),
      unit: '',
      goal: { atMost: 0 },
    },
    { what: 'memory of one process, peak', seen: peak, unit: 'MiB', goal: { atMost: 256 } },
  ];
}

/** 100 clusters with 1,000 Secrets each, where nothing changed. */
export const steadyRun: Scenario = {
  name: 'steady-run',
  run: (say) =>
    inWorld({ clusters: CLUSTERS, functions: ['reconcile-timer', 'reconcile-shard'] }, (world) =>
      measure(world, say),
    ),
};
