import type { TargetRef } from '../../names.ts';
import type { Ports } from '../../ports.ts';
import type { Route } from '../../registry/document.ts';
import { perText } from '../../remember.ts';
import { entriesOf } from '../../render/entries.ts';
import { RenderRefusal } from '../../render/refusal.ts';
import { render } from '../../render/render.ts';
import type { Rendering } from '../../render/render.ts';
import { explicitSources } from '../../route/placement.ts';
import { hasTags } from '../../route/selection.ts';
import { sourcesAmong } from '../../route/targets.ts';
import { contributionOf } from '../../source/contribution.ts';
import type { Contribution } from '../../source/contribution.ts';
import type { Listing, Source } from '../../source/source.ts';
import { readSources } from '../render/sources.ts';

/** A route and its vault, as the person may see it. */
interface RouteAndVault {
  route: Route;
  vault: Ports['vault'];
  listing: Listing;
}

/** Gives what a vault lists, by its alias: each vault is listed once, when it is asked for. */
export function listingsOf(vault: Ports['vault'], signal: AbortSignal) {
  return perText(Number.POSITIVE_INFINITY, (alias) => vault.list(alias, signal));
}

/** The secrets that feed the target now, by the listing. */
export function sourcesOf(target: TargetRef, { route, listing }: RouteAndVault): string[] {
  const tagged = [...listing.secrets].flatMap(([name, { tags }]) => (hasTags(route, tags) ? [name] : []));
  return sourcesAmong(route, target, tagged);
}

/** What a route would write, and the keys that it cannot make now, each with why. */
type Making =
  | { state: 'made'; rendering: Rendering; silent: ReadonlyMap<string, string> }
  | { state: 'refused'; why: string };

/** What the route would write of these secrets, read with the person's own sign-in. */
export async function makeOf(
  sources: readonly string[],
  { route, vault }: RouteAndVault,
  signal: AbortSignal,
): Promise<Making> {
  const named = route.spec.layout === 'explicit' ? explicitSources(route) : [];
  const names = [...new Set([...sources, ...named])];
  const found = await readSources(vault, route, names, signal);
  for (const [name, source] of found)
    if (source.state === 'unreadable')
      return { state: 'refused', why: `secret ${name} cannot be read by you: ${source.failure.message}` };
  const contributions = new Map(
    [...found].map(([name, source]) => [name, contributionOf(source, route, undefined, false)] as const),
  );
  try {
    const rendering = await render(route, contributions, undefined);
    return { state: 'made', rendering, silent: silentKeys(route, found, contributions) };
  } catch (error) {
    if (error instanceof RenderRefusal) return { state: 'refused', why: error.message };
    throw error;
  }
}

/** Key -> which of its secrets gives no value now; a secret that would spell its own keys is of no key. */
function silentKeys(
  route: Route,
  found: ReadonlyMap<string, Source>,
  contributions: ReadonlyMap<string, Contribution>,
): Map<string, string> {
  const silent = new Map<string, string>();
  for (const { keys = [], sources } of entriesOf(route, [...found.keys()])) {
    const mute = sources.find((source) => !('use' in (contributions.get(source) ?? {})));
    if (mute === undefined) continue;
    const state = found.get(mute)?.state ?? 'deleted';
    for (const key of keys) silent.set(key, `its secret ${mute} is ${state}`);
  }
  return silent;
}
