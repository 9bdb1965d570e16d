import { type Code, type Failure, failureOf, VaultcastError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { BadRow, Cluster, Route } from '../registry/document.ts';
import type { Shard } from '../retry/message.ts';
import type { Namespace } from '../route/consent.ts';
import { selectsCluster } from '../route/targets.ts';
import type { Listing } from '../source/source.ts';
import { badRowProblem } from '../status/problem.ts';
import { rowId, type TargetStatus } from '../status/target.ts';
import { notOurs } from '../target/ownership.ts';
import type { SecretMetadata } from '../target/secret.ts';
import { NEVER, within } from '../time.ts';
import { expectedCharacters, homesOf, managedSecrets } from './homes.ts';
import { listNamed, namedSecrets } from './named-secrets.ts';

/** The registry and the vaults, as a shard reads them once for all its clusters. Nothing in it is a value. */
export interface Snapshot {
  /** Those of the shard that are to be looked at. */
  clusters: readonly Cluster[];
  routes: readonly Route[];
  /** Rows of the registry that cannot be read: while there is one, nothing may leave. */
  bad: readonly BadRow[];
  /** By vault; one whose listing failed is missing, and nothing is concluded about its secrets. */
  listings: ReadonlyMap<string, Listing>;
  /** Vaults whose listing failed, with why. */
  failures: ReadonlyMap<string, Failure>;
}

/** A cluster as a run sees it, with what people were told of it before. */
export interface ClusterSnapshot extends Snapshot {
  cluster: Cluster;
  namespaces: ReadonlyMap<string, Namespace>;
  /** Secrets of this instance, by `namespace:name`. */
  live: ReadonlyMap<string, SecretMetadata>;
  /** Rows of earlier looks, by their id. */
  rows: ReadonlyMap<string, TargetStatus>;
  /** Namespaces whose Secrets could not be listed, with why: nothing is concluded about them. */
  unlisted: ReadonlyMap<string, Failure>;
  /** Namespaces whose Secrets were listed: of others, such as those that accept nothing, nobody knows what stands there. */
  listed: ReadonlySet<string>;
  /** Of what was looked at; undefined where that cannot be told from one answer to the next. */
  digests: {
    /** Of the rows. */
    targets: string | undefined;
    /** Of the lists of Secrets, by namespace, or of ALL together. */
    secrets: ReadonlyMap<string, string | undefined>;
  };
}

/** Whether `live` tells what stands in a namespace: one that is not there holds nothing. */
export function isSeen({ namespaces, listed }: ClusterSnapshot, namespace: string): boolean {
  return listed.has(namespace) || !namespaces.has(namespace);
}

/** A cluster of a shard that is not looked at, and why. */
interface Absentee {
  cluster: string;
  code: Code;
  message: string;
}

type RegistrySnapshot = Omit<Snapshot, 'listings' | 'failures'> & { absent: readonly Absentee[] };

/** Rejects when a table cannot be read: nothing is concluded from half a registry. */
export async function readRegistry(shard: Shard, ports: Ports): Promise<RegistrySnapshot> {
  const [clusters, routes] = await Promise.all([
    ports.registry.clusters(NEVER),
    ports.registry.routes(NEVER),
  ]);
  const bad = [...clusters.bad, ...routes.bad];
  for (const row of bad)
    ports.log.line({ code: 'BAD_ROW', message: badRowProblem(row).message, runId: shard.run });
  const known = new Map(clusters.rows.map((one) => [one.metadata.name, one]));
  const mine = shard.clusters.map((name) => ({ name, cluster: known.get(name) }));
  return {
    clusters: mine.flatMap(({ cluster }) => (cluster === undefined || cluster.spec.paused ? [] : [cluster])),
    absent: mine.flatMap(({ name, cluster }) => absentee(name, cluster, clusters.bad)),
    routes: routes.rows,
    bad,
  };
}

function absentee(name: string, cluster: Cluster | undefined, bad: readonly BadRow[]): Absentee[] {
  if (cluster !== undefined)
    return cluster.spec.paused
      ? [{ cluster: name, code: 'PAUSED', message: `cluster ${name} is paused` }]
      : [];
  const row = bad.find((one) => one.kind === 'Cluster' && one.name === name);
  const message = row === undefined ? `cluster ${name} is not registered` : badRowProblem(row).message;
  return [{ cluster: name, code: row === undefined ? 'NO_ROUTE' : 'BAD_ROW', message }];
}

/** Of one vault: what is left of the shard's time must do for its clusters. */
const LISTING_MS = 5 * 60_000;

/** Every vault that routes of these clusters speak of, once; one that fails costs the others nothing. */
export async function listVaults(
  { clusters, routes }: RegistrySnapshot,
  ports: Pick<Ports, 'vault' | 'clock'>,
): Promise<Pick<Snapshot, 'listings' | 'failures'>> {
  const mine = routes.filter((route) => clusters.some((cluster) => selectsCluster(route, cluster)));
  const listings = new Map<string, Listing>();
  const failures = new Map<string, Failure>();
  const lists = [...new Set(mine.map((route) => route.spec.vault))].map(async (vault) => {
    const list = (signal: AbortSignal): Promise<Listing> =>
      listVault(
        ports,
        vault,
        mine.filter((route) => route.spec.vault === vault),
        signal,
      );
    try {
      listings.set(vault, await within(ports.clock, LISTING_MS, NEVER, list));
    } catch (error) {
      failures.set(vault, failureOf(error));
    }
  });
  await Promise.all(lists);
  return { listings, failures };
}

/** Where the identity may get secrets and not list them, each is asked for, if the routes name them all. */
async function listVault(
  ports: Pick<Ports, 'vault' | 'clock'>,
  vault: string,
  routes: readonly Route[],
  signal: AbortSignal,
): Promise<Listing> {
  try {
    return await ports.vault.list(vault, signal);
  } catch (error) {
    const { code, message } = failureOf(error);
    if (code !== 'VAULT_FORBIDDEN') throw error;
    const names = namedSecrets(routes);
    if (names !== undefined) return listNamed(ports, vault, names, signal);
    throw new VaultcastError(code, `${message}; runs list the secrets of vault ${vault}: ${LIST_RIGHT}`);
  }
}

const LIST_RIGHT =
  'the identity needs Key Vault Secrets User on the whole vault, or every route there names its secrets (explicit)';

type KubernetesAndStatus = Pick<Ports, 'kubernetes' | 'status'>;

/** Looks at one cluster without reading a value: namespaces, metadata of managed Secrets, and the rows of earlier runs. */
export async function lookAt(
  ports: KubernetesAndStatus,
  cluster: Cluster,
  snapshot: Snapshot,
  instance: string,
  signal: AbortSignal,
): Promise<ClusterSnapshot> {
  const { name } = cluster.metadata;
  const lists = new Map<string, string | undefined>();
  const digests: ClusterSnapshot['digests'] = { targets: undefined, secrets: lists };
  const [all, rows] = await Promise.all([
    ports.kubernetes.namespaces(cluster, signal),
    ports.status.targets(name, signal, (digest) => (digests.targets = digest)),
  ]);
  const namespaces = new Map(all.map((one) => [one.name, one]));
  const homes = homesOf(cluster, snapshot.routes, namespaces, rows);
  const isOurs = (secret: SecretMetadata): boolean =>
    notOurs(secret, { cluster: name, ...secret }, instance) === undefined;
  const expected = expectedCharacters(cluster, snapshot, rows);
  const sought = { homes, expected, isOurs, digests: lists };
  const { secrets, unlisted } = await managedSecrets(ports, cluster, sought, signal);
  const looked = cluster.spec.scope === 'cluster' ? namespaces.keys() : homes.map((home) => home.name);
  return {
    ...snapshot,
    cluster,
    namespaces,
    unlisted,
    listed: new Set([...looked].filter((one) => !unlisted.has(one))),
    live: new Map(secrets.map((secret) => [rowId(secret), secret])),
    rows: new Map(rows.map((row) => [row.id, row])),
    digests,
  };
}

/** While a row or a vault cannot be read, its routes may claim anything: nothing is called unwanted. */
export function isUncertain({
  bad,
  cluster,
  routes,
  listings,
}: Pick<ClusterSnapshot, 'bad' | 'cluster' | 'routes' | 'listings'>): boolean {
  return (
    bad.length > 0 ||
    routes.some((route) => selectsCluster(route, cluster) && !listings.has(route.spec.vault))
  );
}
