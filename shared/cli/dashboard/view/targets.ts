import { countsOf } from '../../../output/fields.ts';
import { selectedTargets, type Selection } from '../../../output/select.ts';
import { targetDocument } from '../../../output/target.ts';
import { perObject } from '../../../remember.ts';
import type { TargetStatus } from '../../../status/target.ts';
import { secretWord } from '../../terminal/words.ts';
import type { Views } from '../views.ts';
import type { RegistryView } from '../../connect/registry.ts';
import { summed } from './counts.ts';
import { onceEach } from './once.ts';
import { partOf, seenOf } from './seen.ts';
import { clusterNames, rowsOf, type World } from './world.ts';

/** Targets by place, as `vaultcast get targets` selects them, and by a part of their names (`q`). */
export function targetsView(world: World, query: URLSearchParams, now: number): Views['targets'] {
  const found = selected(world, query);
  const { items, ...part } = partOf(
    found.flatMap(({ rows }) => rows),
    query,
  );
  const counts = summed(found.map((one) => one.counts));
  return {
    kind: 'TargetList',
    metadata: { ...seenOf(world, now), ...part, counts },
    items: items.map(targetDocument),
  };
}

interface Selected {
  rows: readonly TargetStatus[];
  /** Of those in other states, too, from which a person may choose. */
  counts: Readonly<Record<string, number>>;
}

/** Selected again only where rows changed; routes tell of what a row has from where. */
const selections = perObject<RegistryView, ReturnType<typeof onceEach<readonly TargetStatus[], Selected>>>(
  () => onceEach(),
);

/** Of each cluster, in the order of the alphabet, and so all of them by place. */
function selected(world: World, query: URLSearchParams): readonly Selected[] {
  const wish = wishOf(query);
  const question = JSON.stringify(wish);
  const answered = selections(world.registry);
  const { clusters } = wish.selection;
  return clusterNames(world)
    .filter((name) => clusters?.includes(name) ?? true)
    .map((name) => {
      const rows = rowsOf(world, name);
      return answered(rows, question, () => selectedIn(rows, wish, world.registry));
    });
}

interface Wish {
  selection: Selection;
  /** A part of the name. */
  text: string;
  reason: string | undefined;
}

function wishOf(query: URLSearchParams): Wish {
  const text = query.get('q')?.trim().toLowerCase() ?? '';
  return { selection: selectionOf(query), text, reason: query.get('reason') ?? undefined };
}

function selectedIn(
  all: readonly TargetStatus[],
  { selection, text, reason }: Wish,
  { routes }: RegistryView,
): Selected {
  // What a name or a code leaves out need not be selected and sorted.
  const named = all.filter(
    ({ cluster, id, code }) =>
      (reason === undefined || code === reason) &&
      (text === '' || `${cluster}/${id.replace(':', '/')}`.includes(text)),
  );
  const rows = selectedTargets(named, { ...selection, state: undefined }, routes);
  return {
    rows: rows.filter(({ state }) => selection.state === undefined || state === selection.state),
    counts: countsOf(rows.map(({ state }) => state)),
  };
}

function selectionOf(query: URLSearchParams): Selection {
  const clusters = query.getAll('cluster');
  const word = (name: string): string | undefined => query.get(name) ?? undefined;
  const secret = word('secret');
  return {
    ...(secret === undefined ? {} : { secret: secretWord(secret) }),
    clusters: clusters.length === 0 ? undefined : clusters,
    namespace: word('namespace'),
    route: word('route'),
    state: word('state'),
    vault: word('vault'),
  };
}
