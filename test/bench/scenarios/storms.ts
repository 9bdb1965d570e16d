import { bareRequests } from '../floor/floor.ts';
import { median, sum } from '../report/numbers.ts';
import type { Figure } from '../report/row.ts';
import { holdTo } from '../world/cpu-share.ts';
import {
  ACCEPTED,
  clusterNames,
  type Fed,
  fedSecrets,
  NAMESPACE,
  rollOut,
  ROUTES,
  valuesOf,
} from '../world/fixtures.ts';
import { storm, type Stormed } from '../world/storm.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

interface StormOptions {
  name: string;
  events: number;
  clusters: number;
  /** Different secrets that the events are of; default: one each. */
  secrets?: number;
  /** Of a core, for each process of the app; default: what the machine gives. */
  share?: number;
  goals: { acknowledgedSeconds: number; deliveredSeconds: number; cpuRatio?: number; peakMiB?: number };
}

const WARM_EVENTS = 20;
const BARE_PROCESSES = 3;

function arrival({ fates, deliveredMs }: Stormed, { goals }: StormOptions): Figure[] {
  const acknowledgedMs = Math.max(...fates.map((fate) => fate.acknowledgedMs));
  const atFirst = fates.filter((fate) => fate.deliveries === 1 && fate.acknowledgedMs < Infinity);
  return [
    {
      what: 'events acknowledged at their first delivery',
      seen: atFirst.length,
      unit: '',
      goal: { atLeast: fates.length },
    },
    {
      what: 'the last event acknowledged after',
      seen: acknowledgedMs / 1000,
      unit: 's',
      goal: { atMost: goals.acknowledgedSeconds },
    },
    {
      what: 'the last Secret right after',
      seen: deliveredMs / 1000,
      unit: 's',
      goal: { atMost: goals.deliveredSeconds },
    },
  ];
}

function mistakes({ blamed, lookedAgain, late }: Stormed, { secrets }: StormOptions): Figure[] {
  const codes = Object.entries(blamed);
  const goal = { atMost: 0 };
  return [
    {
      what: 'outcomes that blame a healthy cluster',
      seen: sum(codes.map(([, count]) => count)),
      unit: '',
      goal,
    },
    ...codes.map(([code, seen]): Figure => ({ what: `of these ${code}`, seen, unit: '' })),
    { what: 'API servers were late by, at worst', seen: late.clustersMs, unit: 'ms' },
    { what: 'storage was late by, at worst', seen: late.storageMs, unit: 'ms' },
    // A hot secret is looked at as often as there are events of it, unless they are merged.
    {
      what: 'Secrets looked at more than once',
      seen: lookedAgain,
      unit: '',
      ...(secrets === undefined && { goal }),
    },
  ];
}

/** `bare`: processor time of bare loops. */
function price(
  { cpuSeconds, rowsPerWrite, peakMiB }: Stormed,
  { goals }: StormOptions,
  bare: { same: number; withoutRows: number },
): Figure[] {
  const { cpuRatio, peakMiB: most } = goals;
  return [
    {
      what: 'processor time of the app',
      seen: cpuSeconds,
      unit: 'CPU s',
      floor: bare.same,
      ...(cpuRatio !== undefined && { goal: { ratioAtMost: cpuRatio } }),
    },
    { what: 'the same, of a loop without rows', seen: cpuSeconds, unit: 'CPU s', floor: bare.withoutRows },
    { what: 'rows written in a request', seen: rowsPerWrite, unit: '' },
    {
      what: 'memory of one process, peak',
      seen: peakMiB,
      unit: 'MiB',
      ...(most !== undefined && { goal: { atMost: most } }),
    },
  ];
}

/**
 * Processor time of what the events ask for, and no more: a hot secret as often as there are events of it. In processes that
 * have seen as much before as the app's, several of them, as each is young but once.
 */
async function bareCpu(
  world: World,
  secrets: readonly Fed[],
  events: number,
  rowsPerWrite: number,
): Promise<number> {
  const rounds = Math.ceil(events / secrets.length);
  const order = { secrets, namespace: NAMESPACE, warm: WARM_EVENTS, rounds, rowsPerWrite };
  const all: number[] = [];
  for (let one = 0; one < BARE_PROCESSES; one += 1)
    all.push(sum((await bareRequests(world, order)).map((round) => round.cpuSeconds)));
  return median(all) * (events / (secrets.length * rounds));
}

async function rotations(
  options: StormOptions,
  world: World,
  say: (text: string) => void,
): Promise<Figure[]> {
  const { events, share } = options;
  const names = clusterNames(options.clusters);
  const secrets = fedSecrets(options.secrets ?? events);
  await world.vault.seed(valuesOf(secrets, 'seed'));
  await world.clusters.namespaces(names, ACCEPTED);
  say(`the first roll-out of ${secrets.length} secrets`);
  await rollOut(world, names, ROUTES);
  say('some events one after the other, for connections and code');
  for (const [index, fed] of secrets.slice(0, WARM_EVENTS).entries())
    await storm(world, names, [fed], `warm ${index}`);
  say(`${events} events at once`);
  const held = share === undefined ? undefined : await holdTo(share, await world.app.pids());
  const all = Array.from({ length: Math.ceil(events / secrets.length) }, () => secrets).flat();
  const stormed = await storm(world, names, all.slice(0, events), 'storm');
  await held?.release();
  // What it goes on trying would meet the bare loop.
  await world.app.stop();
  say('a bare loop of the same requests');
  const bare = {
    same: await bareCpu(world, secrets, events, Math.ceil(stormed.rowsPerWrite)),
    withoutRows: await bareCpu(world, secrets, events, 0),
  };
  const figures = [
    ...arrival(stormed, options),
    ...mistakes(stormed, options),
    ...price(stormed, options, bare),
  ];
  if (held === undefined || share === undefined) return figures;
  return [{ what: `share of a core, by ${held.by}`, seen: share, unit: '' }, ...figures];
}

function scenario(options: StormOptions): Scenario {
  const functions = ['on-vault-event', 'push-retry', 'reconcile-timer', 'reconcile-shard'] as const;
  return {
    name: options.name,
    run: (say) =>
      inWorld({ clusters: clusterNames(options.clusters), functions }, (world) =>
        rotations(options, world, say),
      ),
  };
}

const THREE_HUNDRED = { events: 300, clusters: 2 };

export const storms: readonly Scenario[] = [
  {
    ...THREE_HUNDRED,
    name: 'storm-300',
    goals: { acknowledgedSeconds: 10, deliveredSeconds: 30, cpuRatio: 4 },
  },
  {
    ...THREE_HUNDRED,
    name: 'storm-300-hot',
    secrets: 16,
    goals: { acknowledgedSeconds: 10, deliveredSeconds: 30, cpuRatio: 4 },
  },
  {
    ...THREE_HUNDRED,
    name: 'storm-300-quarter',
    share: 0.25,
    goals: { acknowledgedSeconds: 10, deliveredSeconds: 60 },
  },
  {
    name: 'storm-1000',
    events: 1000,
    clusters: 20,
    goals: { acknowledgedSeconds: 25, deliveredSeconds: 300, cpuRatio: 4, peakMiB: 350 },
  },
].map(scenario);
