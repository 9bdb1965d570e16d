import pLimit from 'p-limit';
import { takenBy } from '../deliver/taken.ts';
import { type Failure, failureOf } from '../errors.ts';
import { budgetOfNamespace, createListBudget, KEPT_OF_SECRET } from '../list-budget.ts';
import type { Ports } from '../ports.ts';
import type { Cluster, Route } from '../registry/document.ts';
import type { Namespace } from '../route/consent.ts';
import { selectsCluster } from '../route/targets.ts';
import type { Listing } from '../source/source.ts';
import { namespaceOf, type TargetStatus } from '../status/target.ts';
import type { SecretMetadata } from '../target/secret.ts';

/** Namespaces are listed at once, so many at a time at most, and fewer of few: a handshake takes longer than a list or two. */
const LISTS_AT_ONCE = 8;
const LISTS_OF_CONNECTION = 3;

/** A namespace whose Secrets are listed; `isNamed`: a route or a row names it, so that it must be seen. */
interface Home {
  name: string;
  isNamed: boolean;
}

/**
 * The namespaces that may hold Secrets of ours: those that accept something, whether or not a route names them still, for rows
 * may be lost; where consent is not asked for, those that routes name; and those of earlier runs.
 */
export function homesOf(
  cluster: Cluster,
  routes: readonly Route[],
  namespaces: ReadonlyMap<string, Namespace>,
  rows: readonly TargetStatus[],
): Home[] {
  const mine = routes.filter((route) => selectsCluster(route, cluster));
  const anywhere = mine.some((route) => 'fromSegment' in route.spec.namespaces);
  const named = new Set(
    mine.flatMap(({ spec }) => ('fromSegment' in spec.namespaces ? [] : spec.namespaces)),
  );
  const before = new Set(rows.filter((row) => row.uid !== '').map(namespaceOf));
  return [...namespaces.values()].flatMap(({ name, accept, terminating }) => {
    if (terminating) return [];
    const isNamed = anywhere || named.has(name);
    const isOpen = accept !== undefined || (isNamed && !cluster.spec.requireConsent);
    return isOpen || before.has(name) ? [{ name, isNamed: isNamed || before.has(name) }] : [];
  });
}

interface Managed {
  secrets: SecretMetadata[];
  unlisted: Map<string, Failure>;
}

/** Instead of a digest, which it can be mistaken for by nobody. */
export const FORBIDDEN = 'forbidden';

/** Under which the Secrets of a whole cluster are digested; no namespace is called so. */
export const ALL = '*';

/** How many lists of namespaces are asked for at once. */
export function listsAtOnce(homes: number): number {
  return Math.min(LISTS_AT_ONCE, Math.ceil(homes / LISTS_OF_CONNECTION) || 1);
}

/** What to list, and what of it. */
interface Sought {
  homes: readonly Home[];
  /** Characters that may be kept of what is known to stand in a namespace, or to come there. */
  expected: ReadonlyMap<string, number>;
  isOurs: (secret: SecretMetadata) => boolean;
  /** Of the lists, filled here: by namespace, or of ALL together; FORBIDDEN of those that may be another instance's. */
  digests: Map<string, string | undefined>;
}

/**
 * By namespace, what a list may keep of the Secrets that stand there as far as rows tell, and of those that routes ask for. What
 * is written on an orphan nobody asked for, so its row says only that there is one.
 */
export function expectedCharacters(
  cluster: Cluster,
  { routes, listings }: { routes: readonly Route[]; listings: ReadonlyMap<string, Listing> },
  rows: readonly Pick<TargetStatus, 'id' | 'state' | 'sources'>[],
): Map<string, number> {
  const expected = new Map<string, number>();
  const add = (id: string, characters: number): void => {
    const namespace = namespaceOf({ id });
    expected.set(namespace, (expected.get(namespace) ?? 0) + characters);
  };
  for (const { id, state, sources } of rows)
    add(id, KEPT_OF_SECRET + (state === 'orphaned' ? 0 : sources.length));
  for (const route of routes) {
    const listing = selectsCluster(route, cluster) ? listings.get(route.spec.vault) : undefined;
    if (listing === undefined) continue;
    for (const [id, sources] of takenBy(route, listing)) add(id, KEPT_OF_SECRET * sources.length);
  }
  return expected;
}

/** Unknown until its list is through. */
function digestedAs(home: string, digests: Sought['digests']) {
  digests.set(home, undefined);
  return (digest: string | undefined): void => void digests.set(home, digest);
}

/** At once where the cluster allows it, else namespace by namespace: one that fails says nothing of the others. */
export async function managedSecrets(
  { kubernetes }: Pick<Ports, 'kubernetes'>,
  cluster: Cluster,
  { homes, expected, isOurs, digests }: Sought,
  signal: AbortSignal,
): Promise<Managed> {
  const unlisted = new Map<string, Failure>();
  const all = createListBudget([...expected.values()].reduce((sum, one) => sum + one, 0));
  if (cluster.spec.scope === 'cluster') {
    const look = { budget: all, isOurs, digested: digestedAs(ALL, digests) };
    return { secrets: await kubernetes.managedSecrets(cluster, undefined, signal, look), unlisted };
  }
  const limit = pLimit(listsAtOnce(homes.length));
  const list = async ({ name, isNamed }: Home): Promise<SecretMetadata[]> => {
    try {
      const budget = budgetOfNamespace(all, expected.get(name) ?? 0);
      const look = { budget, isOurs, digested: digestedAs(name, digests) };
      return await kubernetes.managedSecrets(cluster, name, signal, look);
    } catch (error) {
      const failure = failureOf(error);
      // What it accepts may be another instance's, and so the role there.
      if (isNamed || failure.code !== 'CLUSTER_FORBIDDEN') unlisted.set(name, failure);
      else digests.set(name, FORBIDDEN);
      return [];
    }
  };
  const secrets = await Promise.all(homes.map((home) => limit(() => list(home))));
  return { secrets: secrets.flat(), unlisted };
}
