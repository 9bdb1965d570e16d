import { failureOf } from '../../errors.ts';
import { targetId } from '../../names.ts';
import type { TargetRef } from '../../names.ts';
import type { Ports } from '../../ports.ts';
import type { Route } from '../../registry/document.ts';
import type { Listing } from '../../source/source.ts';
import { listText } from '../../registry/strands.ts';
import { listingsOf, sourcesOf } from './making.ts';

/** A route that makes a Secret, and the secrets that feed it. */
interface Claim {
  route: Route;
  listing: Listing;
  sources: string[];
}

/**
 * Gives of each Secret the one route that makes it from what the vaults hold now, or why there is none. Vaults are listed once
 * each, when a route of theirs is asked for.
 */
export function claimsOf(routes: readonly Route[], vault: Ports['vault'], signal: AbortSignal) {
  const list = listingsOf(vault, signal);
  return async (target: TargetRef): Promise<Claim | string> => {
    const made: Claim[] = [];
    const possible = routes.filter((route) => mayMake(route, target));
    for (const route of possible) {
      const listing = await list(route.spec.vault).catch((error: unknown) => failureOf(error).message);
      signal.throwIfAborted();
      if (typeof listing === 'string') return `vault ${route.spec.vault} cannot be listed by you: ${listing}`;
      const sources = sourcesOf(target, { route, vault, listing });
      if (sources.length > 0) made.push({ route, listing, sources });
    }
    const [first, ...others] = made;
    if (first !== undefined && others.length === 0) return first;
    return first === undefined
      ? noneText(routes, possible)
      : `${namesText(made.map(({ route }) => route))} all make ${targetId(target)}: name one with --route`;
  };
}

/** Without a look into a vault: whether the route goes to that namespace, under that name. */
function mayMake({ spec }: Route, { namespace, name }: TargetRef): boolean {
  const isThere = !Array.isArray(spec.namespaces) || spec.namespaces.includes(namespace);
  return isThere && (spec.layout !== 'explicit' || spec.name === name);
}

function noneText(routes: readonly Route[], possible: readonly Route[]): string {
  const [only, ...others] = routes;
  if (only !== undefined && others.length === 0)
    return `route ${nameOf(only)} makes no such Secret from what the vault holds`;
  return possible.length === 0
    ? 'no route that reaches the cluster makes a Secret of that name there'
    : `no route makes it from what the vault holds (looked at: ${namesText(possible)})`;
}

function namesText(routes: readonly Route[]): string {
  return listText(routes.map(nameOf));
}

function nameOf({ metadata }: Route): string {
  return metadata.name;
}
