import { countsOf, isoTime, present, textOrNone } from '../../../output/fields.ts';
import { runDocument } from '../../../output/run.ts';
import { perObject } from '../../../remember.ts';
import type { RunStatus } from '../../../status/run.ts';
import { NO_CLUSTER } from '../../../status/target.ts';
import type { Views } from '../views.ts';
import { summed } from './counts.ts';
import { mergedOnce } from './once.ts';
import { partOf, seenOf } from './seen.ts';
import { clusterNames, runsOf, type World } from './world.ts';

const RUNS_SHOWN = 60;

/** Runs and commands, the newest first, each over all its clusters. */
export function runsView(world: World, now: number): Views['runs'] {
  return { kind: 'RunGroups', metadata: seenOf(world, now), items: itemsOf(byName(world)) };
}

/** One of them, cluster by cluster: what runs or went wrong comes first. */
export function runView(name: string, world: World, query: URLSearchParams, now: number): Views['run'] {
  const rows = (byName(world).get(name) ?? []).toSorted((a, b) => rankOf(a) - rankOf(b));
  const { items, ...part } = partOf(rows, query);
  return {
    kind: 'RunList',
    metadata: { ...seenOf(world, now), ...part },
    items: items.map(runDocument),
  };
}

const ORDER: readonly RunStatus['state'][] = ['failed', 'incomplete', 'running', 'superseded', 'done'];

function rankOf({ state }: RunStatus): number {
  return ORDER.indexOf(state);
}

type ByName = ReadonlyMap<string, readonly RunStatus[]>;

/** Merged again only where there is another run, or an old one went on. */
const byName = perObject((world: World): ByName => {
  const partitions = [...clusterNames(world), NO_CLUSTER];
  return merged(partitions.map((name) => grouped(runsOf(world, name))));
});

const grouped = perObject((runs: readonly RunStatus[]): ByName => Map.groupBy(runs, ({ run }) => run));

const merged = mergedOnce((parts: readonly ByName[]): ByName => {
  const groups = Map.groupBy(
    parts.flatMap((part) => [...part]),
    ([name]) => name,
  );
  return new Map([...groups].map(([name, all]) => [name, all.flatMap(([, rows]) => rows)]));
});

const itemsOf = perObject((runs: ByName): Views['runs']['items'] =>
  [...runs]
    .toSorted(([a], [b]) => (a < b ? 1 : -1))
    .slice(0, RUNS_SHOWN)
    .flatMap(([name, rows]) => itemOf(name, rows)),
);

function itemOf(name: string, rows: readonly RunStatus[]): Views['runs']['items'] {
  const [first] = rows;
  if (first === undefined) return [];
  const isRunning = rows.some(({ state }) => state === 'running');
  const end = isRunning ? 0 : Math.max(...rows.map(({ finishedAt }) => finishedAt));
  return [
    {
      name,
      command: first.kind,
      startedAt: new Date(Math.min(...rows.map(({ startedAt }) => startedAt))).toISOString(),
      ...present({ route: textOrNone(first.scope), finishedAt: isoTime(end), author: first.by }),
      clusters: countsOf(rows.map(({ state }) => state)),
      targets: { done: sum(rows, ({ done }) => done), total: sum(rows, ({ total }) => total) },
      outcomes: summed(rows.map(({ counts }) => counts)),
    },
  ];
}

function sum(rows: readonly RunStatus[], of: (row: RunStatus) => number): number {
  return rows.reduce((all, row) => all + of(row), 0);
}
