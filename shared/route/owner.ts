import type { Failure } from '../errors.ts';
import type { Route } from '../registry/document.ts';

/** Who may write a target: one route, or nobody while several claim what none has made. */
type Ownership = { kind: 'owned'; by: string } | { kind: 'contested'; among: readonly string[] };

/** A route among those of all vaults; names are unique, but rows could be written by hand. */
export function routeId({ metadata, spec }: Route): string {
  return `${spec.vault}/${metadata.name}`;
}

/**
 * The owner of a target, of those that claim it through a source its namespace accepts: the one recorded on the live Secret
 * while it is among them, or the one that made what stood there last; else the only one. A name decides nothing: whoever
 * names a route could choose the bytes. Undefined when nobody claims it.
 */
export function ownerOf(claimants: readonly string[], recorded: string | undefined): Ownership | undefined {
  if (recorded !== undefined && claimants.includes(recorded)) return { kind: 'owned', by: recorded };
  const [only, ...others] = [...claimants].sort();
  if (only === undefined) return undefined;
  return others.length === 0 ? { kind: 'owned', by: only } : { kind: 'contested', among: [only, ...others] };
}

/** Why a route that is not the owner writes nothing. */
export function notOwner(ownership: Ownership): Failure {
  const nameOf = (id: string): string => id.slice(id.indexOf('/') + 1);
  if (ownership.kind === 'owned')
    return { code: 'COLLISION', message: `route ${nameOf(ownership.by)} owns this target` };
  const names = ownership.among.map(nameOf).join(' and ');
  const message = `routes ${names} claim this target: nobody writes it until only one of them does`;
  return { code: 'COLLISION', message };
}
