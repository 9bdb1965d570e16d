import { limited } from '../deliver/limit.ts';
import { type Failure, failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Namespace, SecretMetadata } from '../target/secret.ts';
import { notOurs } from '../target/ownership.ts';
import type { Listing } from '../source/source.ts';
import type { Cluster, Route } from '../registry/document.ts';
import type { TargetStatus } from '../status/target.ts';
import { selectsCluster } from '../route/targets.ts';
import { idOf } from './desired.ts';
import type { Seen } from './plan.ts';

/** What a shard reads once for all its clusters. */
export interface Shared {
  routes: readonly Route[];
  listings: ReadonlyMap<string, Listing>;
  doubt: boolean;
  /** Names of routes whose rows cannot be read. */
  unreadable: ReadonlySet<string>;
  /** Secrets whose waiting version has its message already; grows while the shard runs. */
  scheduled: Set<string>;
}

type World = Pick<Ports, 'kubernetes' | 'status'>;

/** Namespaces are listed at once, this many at a time. */
const LISTS_AT_ONCE = 8;

/** Looks at one cluster without reading a value: namespaces, metadata of managed Secrets, and the rows of earlier runs. */
export async function look(
  ports: World,
  cluster: Cluster,
  shared: Shared,
  instance: string,
  signal: AbortSignal,
): Promise<Seen> {
  const [all, rows] = await Promise.all([
    ports.kubernetes.namespaces(cluster, signal),
    ports.status.targets(cluster.metadata.name, signal),
  ]);
  const namespaces = new Map(all.map((one) => [one.name, one]));
  const { secrets, unlisted } = await managed(
    ports,
    cluster,
    homesOf(cluster, shared.routes, namespaces, rows),
    signal,
  );
  const ours = secrets.filter(
    (secret) => notOurs(secret, { cluster: cluster.metadata.name, ...secret }, instance) === undefined,
  );
  return {
    ...shared,
    cluster,
    namespaces,
    unlisted,
    live: new Map(ours.map((secret) => [idOf(secret), secret])),
    rows: new Map(rows.map((row) => [row.id, row])),
  };
}

/** The namespaces that may hold Secrets of ours: those that routes name and that accept something, and those of earlier runs. */
function homesOf(
  cluster: Cluster,
  routes: readonly Route[],
  namespaces: ReadonlyMap<string, Namespace>,
  rows: readonly TargetStatus[],
): string[] {
  const mine = routes.filter((route) => selectsCluster(route, cluster));
  const anywhere = mine.some((route) => 'fromSegment' in route.spec.namespaces);
  const named = new Set(
    mine.flatMap(({ spec }) => ('fromSegment' in spec.namespaces ? [] : spec.namespaces)),
  );
  const before = new Set(
    rows.filter((row) => row.uid !== '').map((row) => row.id.slice(0, row.id.indexOf(':'))),
  );
  return [...namespaces.values()].flatMap(({ name, accept, terminating }) => {
    if (terminating) return [];
    const open = accept !== undefined || !cluster.spec.requireConsent;
    return before.has(name) || (open && (anywhere || named.has(name))) ? [name] : [];
  });
}

interface Managed {
  secrets: SecretMetadata[];
  unlisted: Map<string, Failure>;
}

/** At once where the cluster allows it, else namespace by namespace: one that fails says nothing of the others. */
async function managed(
  ports: World,
  cluster: Cluster,
  homes: readonly string[],
  signal: AbortSignal,
): Promise<Managed> {
  const unlisted = new Map<string, Failure>();
  if (cluster.spec.scope === 'cluster')
    return { secrets: await ports.kubernetes.managedSecrets(cluster, undefined, signal), unlisted };
  const limit = limited(LISTS_AT_ONCE);
  const list = async (namespace: string): Promise<SecretMetadata[]> => {
    try {
      return await ports.kubernetes.managedSecrets(cluster, namespace, signal);
    } catch (error) {
      unlisted.set(namespace, failureOf(error));
      return [];
    }
  };
  const secrets = await Promise.all(homes.map((namespace) => limit(() => list(namespace))));
  return { secrets: secrets.flat(), unlisted };
}
