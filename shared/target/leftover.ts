import { prefixCovers } from '../names.ts';
import type { Route } from '../registry/document.ts';
import { entriesOf } from '../render/entries.ts';
import type { Entry } from '../render/entry.ts';
import type { Rendering } from '../render/render.ts';
import { layoutPlacement } from '../route/placement.ts';
import { isAt } from '../route/targets.ts';
import { formatProvenance, parseProvenance } from '../source/provenance.ts';
import { recordedSources, SOURCES_ANNOTATION } from './ownership.ts';
import type { LiveSecret } from './secret.ts';

/** Keys of a live Secret whose route or consent is gone, and the recorded sources behind them. */
interface Leftover {
  keys: readonly string[];
  sources: readonly string[];
}

export const NO_LEFTOVER: Leftover = { keys: [], sources: [] };

/**
 * What stands in a Secret although it feeds it no more: a route was narrowed, or a namespace accepts less than before,
 * perhaps because a tool dropped an annotation. By itself that is no reason to write: it leaves with the next write.
 * `feeding`: the sources that count now. A recorded source without a key in the Secret, or one the route could never have
 * put there, is no leftover but a forgery: that is repaired.
 */
export function leftoverOf(
  route: Route,
  feeding: ReadonlySet<string>,
  rendering: Rendering,
  live: LiveSecret | undefined,
): Leftover {
  if (live === undefined) return NO_LEFTOVER;
  const recorded = [...recordedSources(live, route.spec.vault).keys()];
  const gone = recorded.filter((name) => !feeding.has(name) && prefixCovers(route.spec.prefix, name));
  if (gone.length === 0) return NO_LEFTOVER;
  const entries = deadEntries(route, feeding, recorded, live);
  const dying = dyingSources(route, gone, entries);
  const keys = dyingKeys(entries, dying.strangers, live).filter(
    (key) => !Object.hasOwn(rendering.data, key) && !rendering.removed.includes(key),
  );
  if (keys.length === 0) return NO_LEFTOVER;
  const needed = new Set([...rendering.used.keys(), ...rendering.keptSources]);
  return { keys, sources: recorded.filter((name) => dying.all.has(name) && !needed.has(name)) };
}

/** `strangers`: sources that an explicit route names no more, so that no entry tells their keys. */
function dyingSources(route: Route, gone: readonly string[], entries: readonly Entry[]) {
  const spoken = new Set(entries.flatMap((entry) => entry.sources));
  const strangers = route.spec.layout === 'explicit' ? gone.filter((name) => !spoken.has(name)) : [];
  return { strangers, all: new Set([...spoken, ...strangers]) };
}

/** Only values can tell the keys of some sources; then every key that nothing else makes may be theirs. */
function dyingKeys(entries: readonly Entry[], strangers: readonly string[], live: LiveSecret): string[] {
  const isOpen = strangers.length > 0 || entries.some((entry) => entry.keys === undefined);
  const named = new Set(entries.flatMap((entry) => entry.keys ?? []));
  return Object.keys(live.data).filter((key) => isOpen || named.has(key));
}

/** Entries made of recorded sources, of which at least one feeds the target no more. */
function deadEntries(
  route: Route,
  feeding: ReadonlySet<string>,
  recorded: readonly string[],
  live: LiveSecret,
): Entry[] {
  const placed = recorded.filter((name) => couldStand(route, name, live));
  const known = new Set(recorded);
  return entriesOf(route, placed).filter(
    ({ sources }) => sources.some((name) => known.has(name)) && !sources.every((name) => feeding.has(name)),
  );
}

/** Whether the route's prefix and layout put the secret into this very Secret, whatever else narrows the route now. */
function couldStand(route: Route, name: string, live: LiveSecret): boolean {
  const placement = layoutPlacement(route, name);
  return (
    prefixCovers(route.spec.prefix, name) &&
    placement.kind === 'placed' &&
    placement.key !== undefined &&
    isAt(placement, live)
  );
}

/** The live Secret as it would be without its leftover. */
export function without(live: LiveSecret, leftover: Leftover): LiveSecret {
  if (leftover.keys.length === 0) return live;
  const { vault, sources } = parseProvenance(live.annotations[SOURCES_ANNOTATION]);
  const kept = new Map([...sources].filter(([name]) => !leftover.sources.includes(name)));
  const data = Object.entries(live.data).filter(([key]) => !leftover.keys.includes(key));
  return {
    ...live,
    data: Object.fromEntries(data),
    annotations: { ...live.annotations, [SOURCES_ANNOTATION]: formatProvenance({ vault, sources: kept }) },
  };
}
