import { type Code, failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Listing } from '../source/source.ts';
import type { ClusterEnd } from './shard.ts';
import type { BadRow, Cluster, Route } from '../registry/document.ts';
import { NO_CLUSTER } from '../status/target.ts';
import { selectsCluster } from '../route/targets.ts';
import type { Shared } from './look.ts';
import { badRowProblem, type Problem, problemChanges, vaultProblem } from './problems.ts';
import type { Shard } from '../retry/message.ts';

const NEVER = new AbortController().signal;

interface RegistryView {
  /** Those of the shard that are to be looked at. */
  clusters: Cluster[];
  /** Those of the shard that are not, and why. */
  absent: { cluster: string; code: Code; message: string }[];
  routes: Route[];
  bad: BadRow[];
}

/** The registry and the vaults, as read once for all clusters of a shard. */
export type View = Shared & RegistryView & { vaultProblems: Problem[] };

/** Rejects when a table cannot be read: nothing is concluded from half a registry. */
export async function readRegistry(shard: Shard, ports: Ports): Promise<RegistryView> {
  const [clusters, routes] = await Promise.all([
    ports.registry.clusters(NEVER),
    ports.registry.routes(NEVER),
  ]);
  const bad = [...clusters.bad, ...routes.bad];
  for (const row of bad)
    ports.log.outcome({ code: 'BAD_ROW', message: badRowProblem(row).message, runId: shard.run });
  const known = new Map(clusters.rows.map((one) => [one.metadata.name, one]));
  const mine = shard.clusters.map((name) => ({ name, cluster: known.get(name) }));
  return {
    clusters: mine.flatMap(({ cluster }) => (cluster === undefined || cluster.spec.paused ? [] : [cluster])),
    absent: mine.flatMap(({ name, cluster }) => absentee(name, cluster, clusters.bad)),
    routes: routes.rows,
    bad,
  };
}

function absentee(
  name: string,
  cluster: Cluster | undefined,
  bad: readonly BadRow[],
): RegistryView['absent'] {
  if (cluster !== undefined)
    return cluster.spec.paused
      ? [{ cluster: name, code: 'PAUSED', message: `cluster ${name} is paused` }]
      : [];
  const row = bad.find((one) => one.kind === 'Cluster' && one.name === name);
  const message = row === undefined ? `cluster ${name} is not registered` : badRowProblem(row).message;
  return [{ cluster: name, code: row === undefined ? 'NO_ROUTE' : 'BAD_ROW', message }];
}

/** Every vault the shard's routes speak of, once; one that fails is missing and costs the others nothing. */
export async function listVaults(registry: RegistryView, shard: Shard, ports: Ports): Promise<View> {
  const { clusters, routes, bad } = registry;
  const mine = routes.filter((route) => clusters.some((cluster) => selectsCluster(route, cluster)));
  const listings = new Map<string, Listing>();
  const vaultProblems: Problem[] = [];
  const lists = [...new Set(mine.map((route) => route.spec.vault))].map(async (vault) => {
    try {
      listings.set(vault, await ports.vault.list(vault, NEVER));
    } catch (error) {
      const { code, message } = failureOf(error);
      vaultProblems.push(vaultProblem(vault, code, message));
      ports.log.outcome({ code, message, vault, runId: shard.run });
    }
  });
  await Promise.all(lists);
  const unreadable = new Set(bad.flatMap((row) => (row.kind === 'Route' ? [row.name] : [])));
  const scheduled = new Set<string>();
  return { ...registry, listings, vaultProblems, unreadable, doubt: bad.length > 0, scheduled };
}

/** Brings the problems that people read up to date: what this shard found, and what it found mended. */
export async function keepProblems(
  ports: Ports,
  { run, route }: Shard,
  view: View,
  ends: readonly ClusterEnd[],
): Promise<void> {
  const found = [
    ...view.bad.map(badRowProblem),
    ...view.vaultProblems,
    ...ends.flatMap((end) => end.problems),
  ];
  const failing = new Set(ends.flatMap((end) => end.failing));
  const routed = new Set(view.routes.map((route) => route.spec.vault));
  const isUnused = (vault: string): boolean => view.bad.length === 0 && !routed.has(vault);
  const done = ends.filter((end) => end.isDone);
  const isWhole = route === undefined;
  const scope = {
    isMendedVault: (vault: string) => view.listings.has(vault) || isUnused(vault),
    clusters: done.map((end) => end.cluster),
    isWhole,
    isSound: (secret: string) =>
      isWhole && done.length > 0 && view.listings.has(vaultOf(secret)) && !failing.has(secret),
  };
  try {
    const before = await ports.status.targets(NO_CLUSTER, NEVER);
    const { save, forget } = problemChanges(before, found, scope, { run, now: ports.clock.now() });
    if (save.length > 0) await ports.status.saveTargets(save, NEVER);
    if (forget.length > 0) await ports.status.forgetTargets(forget, NEVER);
  } catch (error) {
    const { code, message } = failureOf(error);
    ports.log.note(code, message);
  }
}

function vaultOf(secret: string): string {
  return secret.slice(0, secret.indexOf(':'));
}
