import { readSecret } from '../../adapters/kubernetes/objects.ts';
import { failureOf } from '../../errors.ts';
import type { TargetRef } from '../../names.ts';
import type { Ports } from '../../ports.ts';
import type { Route } from '../../registry/document.ts';
import type { Listing } from '../../source/source.ts';
import { differenceOf } from '../adopt/difference.ts';
import { listingsOf, makeOf, sourcesOf } from '../adopt/making.ts';
import type { Context } from '../command.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { secretPath } from '../connect/cluster.ts';
import type { VaultOptions } from '../connect/flags.ts';
import { say } from '../terminal/io.ts';
import { harmless, paint } from '../terminal/text.ts';
import type { ImportPlan } from './plan.ts';

/** How a Secret stands beside what its route would write. */
interface Verified {
  /** `app-1/pg`. */
  secret: string;
  route: string;
  result: 'equal' | 'differs' | 'absent' | 'unknown';
  /** In names of keys only. */
  why: string;
}

const STYLES = { equal: 'green', differs: 'red', absent: 'yellow', unknown: 'red' } as const;

/** Renders what was converted, and says of each Secret how it stands. */
export async function verifyPlan(
  { routes }: ImportPlan,
  person: PersonCluster,
  options: VaultOptions & { output: string },
  context: Context,
): Promise<Verified[]> {
  const { io } = context;
  if (routes.length === 0) return [];
  const vaultUrl = routes.map(({ route, draft }) => `${route.spec.vault}=${draft.vaultUrl}`);
  const vault = await context.openVault({ ...options, vaultUrl: [...new Set(vaultUrl)] }, io);
  const verified = await verifyAll(routes, person, vault, io.signal);
  if (options.output !== 'report') return verified;
  for (const { secret, result, why } of verified)
    say(
      io,
      `${paint(io, STYLES[result], result.padEnd(9))}  ${secret}${why === '' ? '' : `: ${harmless(why)}`}`,
    );
  say(io, '');
  return verified;
}

/** Every Secret of these routes in the person's cluster, rendered with their own sign-in and compared here. */
async function verifyAll(
  routes: ImportPlan['routes'],
  person: PersonCluster,
  vault: Ports['vault'],
  signal: AbortSignal,
): Promise<Verified[]> {
  const list = listingsOf(vault, signal);
  const verified: Verified[] = [];
  for (const { route, draft } of routes) {
    const { namespaces } = route.spec;
    for (const namespace of Array.isArray(namespaces) ? namespaces : [])
      verified.push(
        await verify(
          route,
          { cluster: person.context, namespace, name: draft.secret },
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
  vault: Ports['vault'];
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
