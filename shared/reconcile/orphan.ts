import { standingProof } from '../deliver/standing-proof.ts';
import { type Code, failureOf } from '../errors.ts';
import type { TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import type { Route } from '../registry/document.ts';
import { type Leaving, selectsCluster, sourcesAmong } from '../route/targets.ts';
import type { RowUpdate } from '../retry/rows.ts';
import { orphanRecord } from '../status/record.ts';
import { rowId, type TargetStatus } from '../status/target.ts';
import { notOurs, recordedSources } from '../target/ownership.ts';
import { isStillProven, WHOLE, wholeEntryOf } from '../target/removal.ts';
import type { SecretMetadata } from '../target/secret.ts';
import type { Plan } from './plan.ts';
import type { ClusterSnapshot } from './snapshot.ts';

type World = Pick<Ports, 'kubernetes' | 'registry'> & { status: Pick<Ports['status'], 'target'> };

/** What became of an orphaned Secret. */
interface OrphanOutcome {
  ref: TargetRef;
  code: Code;
  message: string;
}

/** Orphans are kept and said so, unless the cluster wants them gone and the reason is proven. */
export async function settleOrphans(
  ports: World,
  snapshot: ClusterSnapshot,
  { orphans, removals }: Plan,
  { instance, dryRun }: { instance: string; dryRun: boolean },
  signal: AbortSignal,
): Promise<OrphanOutcome[]> {
  const outcomes: OrphanOutcome[] = [];
  for (const orphan of orphans) {
    const ref = refIn(snapshot, orphan);
    const due = removals.due.get(rowId(orphan))?.get(WHOLE);
    if (due === undefined) outcomes.push({ ref, ...(removals.held.has(rowId(orphan)) ? HELD : KEPT) });
    else if (dryRun) outcomes.push({ ref, ...WOULD_GO });
    else outcomes.push(await removeOrphan(ports, { orphan, due }, snapshot, instance, signal));
  }
  return outcomes;
}

function refIn({ cluster }: ClusterSnapshot, { namespace, name }: SecretMetadata): TargetRef {
  return { cluster: cluster.metadata.name, namespace, name };
}

const KEPT = { code: 'ORPHANED', message: 'no route wants this Secret any more; it is kept' } as const;
const HELD = {
  code: 'ORPHANED',
  message: 'no route wants this Secret any more; its removal waits for a person to confirm it',
} as const;
const WOULD_GO = {
  code: 'PLANNED',
  message: 'the Secret would be removed: no route wants it any more',
} as const;

/**
 * Deletes an orphaned Secret whose reason was proven: observed once more, with the routes read after that, and on
 * condition of what was observed, and of a proof that nobody ended meanwhile. Any doubt leaves it where it is.
 */
async function removeOrphan(
  ports: World,
  { orphan, due }: { orphan: SecretMetadata; due: Leaving },
  snapshot: ClusterSnapshot,
  instance: string,
  signal: AbortSignal,
): Promise<OrphanOutcome> {
  const ref = refIn(snapshot, orphan);
  try {
    const live = await ports.kubernetes.secret(snapshot.cluster, ref, signal);
    const isSame = live !== undefined && wholeEntryOf(live) === wholeEntryOf(orphan);
    if (!isSame || notOurs(live, ref, instance) !== undefined) {
      const message = 'the Secret is not the one that was proven to be an orphan';
      return { ref, code: 'SUPERSEDED', message };
    }
    const routes = await ports.registry.routes(signal);
    if (routes.bad.length > 0 || routes.rows.some((route) => mayWant(route, live, snapshot)))
      return { ref, code: 'ORPHANED', message: 'a route may claim it again; it is kept' };
    if (!isStillProven(await standingProof(ports.status, ref, signal), WHOLE, due))
      return { ref, code: 'ORPHANED', message: 'somebody found otherwise meanwhile; it is kept' };
    const removed = await ports.kubernetes.remove(snapshot.cluster, live, signal);
    if (removed.kind !== 'written') return { ref, code: 'CONFLICT', message: 'the Secret changed meanwhile' };
    return { ref, code: 'REMOVED', message: 'the Secret was removed: no route wants it any more' };
  } catch (error) {
    return { ref, ...failureOf(error) };
  }
}

function mayWant(route: Route, live: SecretMetadata, { cluster, listings }: ClusterSnapshot): boolean {
  if (!selectsCluster(route, cluster)) return false;
  const listing = listings.get(route.spec.vault);
  const recorded = recordedSources(live, route.spec.vault).keys();
  const names = [...(listing?.secrets.keys() ?? []), ...recorded];
  return listing === undefined || sourcesAmong(route, live, names).length > 0;
}

/** What becomes of their rows: they say so, or are forgotten with what is gone. */
export function rowsOfOrphans(
  outcomes: readonly OrphanOutcome[],
  { live, rows }: ClusterSnapshot,
  { removals: { proofs } }: Plan,
  { run, now, lookedAt }: { run: string; now: number; lookedAt: number },
): { updates: RowUpdate[]; forget: TargetStatus[] } {
  const { removed = [], kept = [] } = Object.groupBy(outcomes, ({ code }) =>
    code === 'REMOVED' ? 'removed' : 'kept',
  );
  const attempt = { cause: run, now, lookedAt };
  const updates = kept.flatMap((outcome) => {
    const { ref } = outcome;
    const id = rowId(ref);
    const secret = live.get(id);
    if (secret === undefined) return [];
    const next = (before: TargetStatus | undefined): TargetStatus => {
      const row = orphanRecord(ref.cluster, secret, outcome, before, attempt);
      return { ...row, removal: proofs.get(id) ?? row.removal };
    };
    return [{ ref, before: rows.get(id), next }];
  });
  return { updates, forget: removed.flatMap(({ ref }) => rows.get(rowId(ref)) ?? []) };
}
