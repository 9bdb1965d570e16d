import { countsOf } from '../../../output/fields.ts';
import { selectedTargets, type Selection } from '../../../output/select.ts';
import { targetDocument } from '../../../output/target.ts';
import type { TargetStatus } from '../../../status/target.ts';
import { secretWord } from '../../terminal/words.ts';
import type { TargetsView } from '../views.ts';
import { partOf, seenOf } from './seen.ts';
import { once, targetRows, type World } from './world.ts';

/** Targets by place, as `vaultcast get targets` selects them, and by a part of their names (`q`). */
export function targetsView(world: World, query: URLSearchParams, now: number): TargetsView {
  const rows = selected(world, query);
  const { items, ...part } = partOf(rows, query);
  const counts = countsOf(rows.map(({ state }) => state));
  return {
    kind: 'TargetList',
    metadata: { ...seenOf(world, now), ...part, counts },
    items: items.map(targetDocument),
  };
}

const selections = once((_world: World) => new Map<string, readonly TargetStatus[]>());
const SELECTIONS_KEPT = 20;

/** The same selection is asked for again with each part of it. */
function selected(world: World, query: URLSearchParams): readonly TargetStatus[] {
  const asked = selectionOf(query);
  const text = query.get('q')?.toLowerCase() ?? '';
  const reason = query.get('reason') ?? undefined;
  const known = selections(world);
  const key = JSON.stringify([asked, text, reason]);
  const found = known.get(key);
  if (found !== undefined) return found;
  // What a name or a code leaves out need not be selected and sorted.
  const named = targetRows(world).filter(
    ({ cluster, id, code }) =>
      (reason === undefined || code === reason) &&
      (text === '' || `${cluster}/${id.replace(':', '/')}`.includes(text)),
  );
  const rows = selectedTargets(named, asked, world.registry.routes);
  if (known.size >= SELECTIONS_KEPT) known.clear();
  known.set(key, rows);
  return rows;
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
