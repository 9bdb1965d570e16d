import type { SourceFacts } from '../source/source.ts';
import { FATE_OPTION } from '../source/contribution.ts';
import { parseProvenance } from '../source/provenance.ts';
import { type Outcome, unwritten } from '../status/outcome.ts';
import { isStaleForADay, rowId, type TargetStatus } from '../status/target.ts';
import type { Target } from '../route/targets.ts';
import { selectsCluster } from '../route/targets.ts';
import { recordedSources, SOURCES_ANNOTATION } from '../target/ownership.ts';
import { areMany, type Confirmed, NO_REMOVALS, type Removals, removalsOf, WHOLE } from '../target/removal.ts';
import { identityOf, type SecretMetadata } from '../target/secret.ts';
import { isCurrent } from './current.ts';
import { type ClusterSnapshot, isUncertain, namespaceOf } from './snapshot.ts';
import { factsOf, refusalOf, type Wanted, wantedTargets } from './wanted.ts';

/** How this run is asked to go about it. */
export interface Orders {
  run: string;
  /** ms since the epoch. */
  now: number;
  /** Only targets of this route. */
  route: string | undefined;
  confirmed: Confirmed | undefined;
  /** A person asked: what was refused is looked at again, too. */
  recheck: boolean;
}

/** What a run does about one cluster; computed without reading a value. */
export interface Plan {
  /** Targets to bring up to date. */
  targets: Target[];
  /** Targets that are not even looked at, and why. */
  refused: Outcome[];
  /** Claims that another route's claim keeps from a target. */
  collisions: Outcome[];
  /** Managed Secrets that no route claims. */
  orphans: SecretMetadata[];
  removals: Removals;
  /** Rows of targets that neither exist nor are wanted. */
  forget: TargetStatus[];
  total: number;
}

/** A wanted target and what is to be done about it. */
interface Judged {
  id: string;
  wanted: Wanted;
  facts: readonly SourceFacts[];
  verdict: 'current' | 'paused' | 'push' | Outcome;
}

export function planCluster(snapshot: ClusterSnapshot, orders: Orders): Plan {
  const wanted = wantedTargets(snapshot);
  const mine = [...wanted].filter(
    ([, { target }]) => orders.route === undefined || target.route.metadata.name === orders.route,
  );
  const judged = mine.map(([id, one]) => judge(id, one, snapshot, orders));
  const orphans = orders.route === undefined ? orphansOf(snapshot, wanted) : [];
  const removals = removalsIn(snapshot, judged, orphans, orders);
  return {
    targets: judged.flatMap((one) =>
      one.verdict === 'push' || removals.due.has(one.id) ? [targetOf(one, removals, snapshot, orders)] : [],
    ),
    refused: judged.flatMap(({ verdict }) => (typeof verdict === 'object' ? [verdict] : [])),
    collisions: mine.flatMap(([, one]) => collisionsOf(one)),
    orphans,
    removals,
    forget: orders.route === undefined && !isUncertain(snapshot) ? goneRows(snapshot, wanted) : [],
    total: mine.length,
  };
}

function judge(id: string, wanted: Wanted, snapshot: ClusterSnapshot, { recheck }: Orders): Judged {
  const { route } = wanted.target;
  const listing = snapshot.listings.get(route.spec.vault);
  if (route.spec.paused || listing === undefined) return { id, wanted, facts: [], verdict: 'paused' };
  const facts = factsOf(wanted, listing);
  const live = snapshot.live.get(id);
  const refusal = refusalOf(wanted, snapshot);
  if (refusal !== undefined) {
    // With the Secret as listed, so that it is not lost sight of.
    const verdict = unwritten(wanted.target, { at: 'secret', secret: live && identityOf(live) }, refusal);
    return { id, wanted, facts, verdict };
  }
  const row = snapshot.rows.get(id);
  const current = isCurrent(row, wanted, facts, live, listing.readAt);
  const isSkipped = current && !(recheck && row.state === 'refused');
  return { id, wanted, facts, verdict: isSkipped ? 'current' : 'push' };
}

function targetOf(
  { id, wanted }: Judged,
  { due }: Removals,
  { rows }: ClusterSnapshot,
  { now }: Orders,
): Target {
  const leaving = due.get(id) ?? new Map<string, string>();
  return { ...wanted.target, allowed: { older: isStaleForADay(rows.get(id), now), leaving } };
}

function collisionsOf({ target, rivals }: Wanted): Outcome[] {
  const { namespace, name } = target.ref;
  const owner = target.route.metadata.name;
  return rivals.map((route) => {
    const message = `route ${route} also claims ${namespace}/${name}; route ${owner} owns it`;
    return unwritten(target, { at: 'nothing' }, { code: 'COLLISION', message });
  });
}

function orphansOf(snapshot: ClusterSnapshot, wanted: ReadonlyMap<string, Wanted>): SecretMetadata[] {
  if (isUncertain(snapshot)) return [];
  return [...snapshot.live].flatMap(([id, secret]) => (wanted.has(id) ? [] : [secret]));
}

function goneRows(snapshot: ClusterSnapshot, wanted: ReadonlyMap<string, Wanted>): TargetStatus[] {
  return [...snapshot.rows.values()].filter(
    (row) => !wanted.has(row.id) && !snapshot.live.has(row.id) && !snapshot.unlisted.has(namespaceOf(row)),
  );
}

function removalsIn(
  snapshot: ClusterSnapshot,
  judged: readonly Judged[],
  orphans: readonly SecretMetadata[],
  orders: Orders,
): Removals {
  if (snapshot.bad.length > 0) return NO_REMOVALS;
  const proofOf = (id: string): string => snapshot.rows.get(id)?.removal ?? '';
  const watched = judged.filter(({ verdict }) => verdict === 'current' || verdict === 'push');
  const keys = watched.map(({ id, wanted, facts }) => ({
    id,
    proof: proofOf(id),
    reasons: leaving(wanted, facts, snapshot.live.get(id)),
  }));
  const removable = snapshot.cluster.spec.orphans === 'remove' ? orphans : [];
  const wholes = removable.map((orphan) => {
    const id = rowId(orphan);
    return { id, proof: proofOf(id), reasons: new Map([[WHOLE, 'orphaned']]) };
  });
  return removalsOf([...keys, ...wholes], orders, (due) => looksLikeAMistake(snapshot, due, orphans));
}

/** The sources whose key is to leave this live Secret, with the reason. */
function leaving(
  { target }: Wanted,
  facts: readonly SourceFacts[],
  live: SecretMetadata | undefined,
): Map<string, string> {
  const { spec } = target.route;
  const recorded = recordedSources(live, spec.vault);
  const due = facts.flatMap(({ name, state }) => {
    if (state !== 'disabled' && state !== 'deleted' && state !== 'expired') return [];
    return recorded.has(name) && spec[FATE_OPTION[state]] === 'remove' ? [[name, state] as const] : [];
  });
  return new Map(due);
}

/**
 * Much at once, or anything of a vault or cluster that was left without any route: more likely a mistake than an
 * intention, such as a registry file that was not applied.
 */
function looksLikeAMistake(
  snapshot: ClusterSnapshot,
  due: Removals['due'],
  orphans: readonly SecretMetadata[],
): boolean {
  const { routes, cluster, live } = snapshot;
  const leavingOrphans = orphans.filter((orphan) => due.has(rowId(orphan)));
  const hasRoute = routes.some((route) => selectsCluster(route, cluster));
  const routed = new Set(routes.map((route) => route.spec.vault));
  const isStranded = leavingOrphans.some((orphan) => !hasRoute || !routed.has(vaultOf(orphan)));
  return isStranded || areMany(due.size, live.size);
}

function vaultOf({ annotations }: SecretMetadata): string {
  return parseProvenance(annotations[SOURCES_ANNOTATION]).vault;
}
