import { bareRequests } from '../floor/floor.ts';
import { sum } from '../report/numbers.ts';
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
const BARE_ROUNDS = 3;

function figuresOf(stormed: Stormed, { goals, secrets }: StormOptions, bare: number): Figure[] {
  const { fates, deliveredMs, blamed, lookedAgain } = stormed;
  const { acknowledgedSeconds, deliveredSeconds, cpuRatio, peakMiB: goalMiB } = goals;
  const atFirst = fates.filter(
    ({ deliveries, acknowledgedMs }) => deliveries === 1 && acknowledgedMs < Infinity,
  );
  const acknowledged = Math.max(...fates.map(({ acknowledgedMs }) => acknowledgedMs)) / 1000;
  const none = { unit: '', goal: { atMost: 0 } } as const;
  return [
    {
      what: 'events acknowledged at their first delivery',
      seen: atFirst.length,
      unit: '',
      goal: { atLeast: fates.length },
    },
    {
      what: 'the last event acknowledged after',
      seen: acknowledged,
      unit: 's',
      goal: { atMost: acknowledgedSeconds },
    },
    {
      what: 'the last Secret right after',
      seen: deliveredMs / 1000,
      unit: 's',
      goal: { atMost: deliveredSeconds },
    },
    { what: 'outcomes that blame a healthy cluster', seen: blamed, ...none },
    // A hot secret is looked at as often as there are events of it, unless they are merged.
    {
      what: 'Secrets looked at more than once',
      seen: lookedAgain,
      ...(secrets === undefined ? none : { unit: '' }),
    },
    {
      what: 'processor time of the app',
      seen: stormed.cpuSeconds,
      unit: 'CPU s',
      floor: bare,
      ...(cpuRatio !== undefined && { goal: { ratioAtMost: cpuRatio } }),
    },
    {
      what: 'memory of one process, peak',
      seen: stormed.peakMiB,
      unit: 'MiB',
      ...(goalMiB !== undefined && { goal: { atMost: goalMiB } }),
    },
  ];
}

/** Processor time of what the events ask for, and no more: a hot secret as often as there are events of it. */
async function bareCpu(world: World, secrets: readonly Fed[], events: number): Promise<number> {
  const rounds = Math.max(BARE_ROUNDS, Math.ceil(events / secrets.length));
  const measured = await bareRequests(world, { secrets, namespace: NAMESPACE, rounds });
  return (sum(measured.map((round) => round.cpuSeconds)) / rounds) * (events / secrets.length);
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
  const figures = figuresOf(stormed, options, await bareCpu(world, secrets, events));
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
