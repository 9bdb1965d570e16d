import { problemsOf } from '../../../output/problem.ts';
import type { Output } from '../../../output/json-schema.ts';
import { perObject } from '../../../remember.ts';
import type { TargetStatus } from '../../../status/target.ts';
import { clusterNames, overClusters, problemRows, rowsOf, type World } from './world.ts';

/** A person looks at so many of a kind; the list of targets has them all. */
const ITEMS_SHOWN = 20;

/** Problems with the same cause, as far as they are needed to be told and to be added to others. */
interface Found {
  total: number;
  acknowledged: number;
  newest: string;
  oldest: string;
  clusters: ReadonlySet<string>;
  /** The newest first, at most so many as are shown. */
  items: readonly Output<'Problem'>[];
}

type FoundByReason = ReadonlyMap<Output<'Problem'>['status']['reason'], Found>;

/** Everything that is wrong anywhere, by its cause. */
export const foundIn = perObject((world: World): FoundByReason =>
  added([ofTargets(world), byReason(withoutTarget(world))]),
);

export const countOf = perObject((found: FoundByReason): number =>
  [...found.values()].reduce((all, { total }) => all + total, 0),
);

/** The problem of this name, of whatever is wrong now. */
export function problemNamed(
  world: World,
  isMeant: (name: string) => boolean,
): Output<'Problem'> | undefined {
  const isIt = ({ metadata }: Output<'Problem'>): boolean => isMeant(metadata.name);
  const other = withoutTarget(world).find(isIt);
  if (other !== undefined) return other;
  for (const cluster of clusterNames(world)) {
    const found = inRows(rowsOf(world, cluster)).find(isIt);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of what is wrong with targets. */
export const ofTargets = overClusters((rows) => byReason(inRows(rows)), added);

const withoutTarget = perObject((world: World): readonly Output<'Problem'>[] =>
  problemsOf({ rows: problemRows(world), bad: world.registry.bad, backOffs: world.backOffs }),
);

function inRows(rows: readonly TargetStatus[]): readonly Output<'Problem'>[] {
  return problemsOf({ rows, bad: [], backOffs: new Map() });
}

function byReason(problems: readonly Output<'Problem'>[]): FoundByReason {
  const groups = Map.groupBy(problems, ({ status }) => status.reason);
  return new Map([...groups].map(([reason, all]) => [reason, foundAs(all)]));
}

function foundAs(all: readonly Output<'Problem'>[]): Found {
  const dates = all.flatMap(({ status }) => status.since ?? []).toSorted();
  return {
    total: all.length,
    acknowledged: all.filter(({ status }) => status.acknowledged !== undefined).length,
    newest: dates.at(-1) ?? '',
    oldest: dates[0] ?? '',
    clusters: new Set(all.flatMap(({ spec }) => spec.cluster ?? [])),
    items: newestOf(all),
  };
}

function newestOf(all: readonly Output<'Problem'>[]): Output<'Problem'>[] {
  const since = ({ status }: Output<'Problem'>): string => status.since ?? '';
  return all.toSorted((a, b) => order(since(b), since(a))).slice(0, ITEMS_SHOWN);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function added(parts: readonly FoundByReason[]): FoundByReason {
  const groups = Map.groupBy(
    parts.flatMap((part) => [...part]),
    ([reason]) => reason,
  );
  return new Map([...groups].map(([reason, all]) => [reason, sumOf(all.map(([, found]) => found))]));
}

function sumOf(all: readonly Found[]): Found {
  const sum = (of: (one: Found) => number): number => all.reduce((before, one) => before + of(one), 0);
  return {
    total: sum(({ total }) => total),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    newest:
      all
        .map(({ newest }) => newest)
        .toSorted()
        .at(-1) ?? '',
    oldest: all.flatMap(({ oldest }) => (oldest === '' ? [] : oldest)).toSorted()[0] ?? '',
    clusters: new Set(all.flatMap(({ clusters }) => [...clusters])),
    items: newestOf(all.flatMap(({ items }) => items)),
  };
}
