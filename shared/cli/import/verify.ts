import { readSecret } from '../../adapters/kubernetes/objects.ts';
import { failureOf } from '../../errors.ts';
import type { TargetRef } from '../../names.ts';
import type { KeyVault } from '../../ports.ts';
import type { Route } from '../../registry/document.ts';
import type { Listing } from '../../source/source.ts';
import { differenceOf } from '../adopt/difference.ts';
import { makeOf, sourcesOf } from '../adopt/making.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { secretPath } from '../connect/cluster.ts';

/** How a Secret stands beside what its route would write. */
export interface Verified {
  /** `app-1/pg`. */
  secret: string;
  route: string;
  result: 'equal' | 'differs' | 'absent' | 'unknown';
  /** In names of keys only. */
  why: string;
}

/**
 * Every Secret of these routes in the person's cluster, rendered with their own sign-in and compared here.
 * @param routes each with the name of the Secret that it makes
 */
export async function verifyAll(
  routes: readonly { route: Route; secret: string }[],
  person: PersonCluster,
  vault: KeyVault,
  signal: AbortSignal,
): Promise<Verified[]> {
  const listings = new Map<string, Promise<Listing>>();
  const list = (alias: string): Promise<Listing> => {
    const asked = listings.get(alias) ?? vault.list(alias, signal);
    listings.set(alias, asked);
    return asked;
  };
  const verified: Verified[] = [];
  for (const { route, secret } of routes) {
    const { namespaces } = route.spec;
    for (const namespace of Array.isArray(namespaces) ? namespaces : [])
      verified.push(
        await verify(
          route,
          { cluster: person.context, namespace, name: secret },
          { person, vault, list },
          signal,
        ),
      );
  }
  return verified;
}

/** What a person can see with: their cluster, and vaults whose listings are made once. */
interface Eyes {
  person: PersonCluster;
  vault: KeyVault;
  list: (alias: string) => Promise<Listing>;
}

async function verify(
  route: Route,
  target: TargetRef,
  { person, vault, list }: Eyes,
  signal: AbortSignal,
): Promise<Verified> {
  const about = { secret: `${target.namespace}/${target.name}`, route: route.metadata.name };
  const looked = await person.get(secretPath(target.namespace, target.name));
  if (looked.state === 'absent') return { ...about, result: 'absent', why: 'the route makes it' };
  if (looked.state === 'refused') return { ...about, result: 'unknown', why: looked.why };
  try {
    const making = { route, vault, listing: await list(route.spec.vault) };
    const sources = sourcesOf(target, making);
    if (sources.length === 0)
      return { ...about, result: 'differs', why: 'the vault holds none of the secrets of its route' };
    const made = await makeOf(sources, making, signal);
    if (made.state === 'refused') return { ...about, result: 'differs', why: made.why };
    const why = differenceOf(readSecret(looked.body, target), route, made.rendering.data, made.silent);
    return why === undefined ? { ...about, result: 'equal', why: '' } : { ...about, result: 'differs', why };
  } catch (error) {
    signal.throwIfAborted();
    return { ...about, result: 'unknown', why: failureOf(error).message };
  }
}
