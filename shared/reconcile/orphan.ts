import { failureOf } from '../errors.ts';
import type { TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import { notOurs, recordedRoute, recordedSources, SOURCES_ANNOTATION } from '../target/ownership.ts';
import type { SecretMetadata } from '../target/secret.ts';
import type { Code } from '../errors.ts';
import type { TargetStatus } from '../status/target.ts';
import { selectsCluster, sourcesAmong } from '../route/targets.ts';
import { WHOLE } from '../target/removal.ts';
import { idOf } from './desired.ts';
import type { ClusterPlan, Seen } from './plan.ts';

type World = Pick<Ports, 'kubernetes' | 'registry'>;

/** What became of an orphaned Secret. */
export interface OrphanResult {
  target: TargetRef;
  code: Code;
  message: string;
}

/** Orphans are kept and said so, unless the cluster wants them gone and the reason is proven. */
export async function orphanResults(
  ports: World,
  seen: Seen,
  plan: ClusterPlan,
  instance: string,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<OrphanResult[]> {
  const results: OrphanResult[] = [];
  for (const orphan of plan.orphans) {
    const target = { cluster: seen.cluster.metadata.name, namespace: orphan.namespace, name: orphan.name };
    const due = plan.due.get(idOf(orphan))?.has(WHOLE) === true;
    if (!due) results.push({ target, ...KEPT });
    else if (dryRun) results.push({ target, ...WOULD_GO });
    else results.push(await removeOrphan(ports, orphan, seen, instance, signal));
  }
  return results;
}

const KEPT = { code: 'ORPHANED', message: 'no route wants this Secret any more; it is kept' } as const;
const WOULD_GO = {
  code: 'PLANNED',
  message: 'the Secret would be removed: no route wants it any more',
} as const;

/**
 * Deletes an orphaned Secret whose reason was proven: observed once more, with the routes read after that, and on
 * condition of what was observed. Any doubt leaves it where it is.
 */
async function removeOrphan(
  ports: World,
  orphan: SecretMetadata,
  seen: Seen,
  instance: string,
  signal: AbortSignal,
): Promise<OrphanResult> {
  const target = { cluster: seen.cluster.metadata.name, namespace: orphan.namespace, name: orphan.name };
  try {
    const live = await ports.kubernetes.secret(seen.cluster, target, signal);
    if (live?.uid !== orphan.uid || notOurs(live, target, instance) !== undefined)
      return {
        target,
        code: 'SUPERSEDED',
        message: 'the Secret is not the one that was proven to be an orphan',
      };
    const routes = await ports.registry.routes(signal);
    if (routes.bad.length > 0 || isClaimed(live, target, seen, routes.rows))
      return { target, code: 'ORPHANED', message: 'a route may claim it again; it is kept' };
    const removed = await ports.kubernetes.remove(seen.cluster, live, signal);
    if (removed.kind !== 'written')
      return { target, code: 'CONFLICT', message: 'the Secret changed meanwhile' };
    return { target, code: 'REMOVED', message: 'the Secret was removed: no route wants it any more' };
  } catch (error) {
    return { target, ...failureOf(error) };
  }
}

function isClaimed(live: SecretMetadata, target: TargetRef, seen: Seen, routes: Seen['routes']): boolean {
  return routes.some((route) => {
    if (!selectsCluster(route, seen.cluster)) return false;
    const listing = seen.listings.get(route.spec.vault);
    const recorded = recordedSources(live, route.spec.vault).keys();
    const names = [...(listing?.secrets.keys() ?? []), ...recorded];
    return listing === undefined || sourcesAmong(route, target, names).length > 0;
  });
}

/** The row of an orphan; `before` keeps its date and its proof. */
export function orphanRow(
  secret: SecretMetadata,
  result: { code: Code; message: string },
  before: TargetStatus | undefined,
  { cluster, run, now }: { cluster: string; run: string; now: number },
): TargetStatus {
  const { since, cause } = before?.state === 'orphaned' ? before : { since: now, cause: run };
  return {
    cluster,
    id: `${secret.namespace}:${secret.name}`,
    state: 'orphaned',
    code: result.code,
    message: result.message,
    route: recordedRoute(secret) ?? '',
    uid: secret.uid,
    resourceVersion: secret.resourceVersion,
    fingerprint: '',
    sources: secret.annotations[SOURCES_ANNOTATION] ?? '',
    since,
    attempts: 0,
    cause,
    readAt: 0,
    removal: before?.removal ?? '',
  };
}
