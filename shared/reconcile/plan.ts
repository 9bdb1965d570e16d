import type { Code } from '../errors.ts';
import type { Shard } from '../retry/message.ts';
import { FATE_OPTION, isFate } from '../source/contribution.ts';
import { parseProvenance } from '../source/provenance.ts';
import { type Outcome, unwritten } from '../status/outcome.ts';
import type { RunStatus } from '../status/run.ts';
import { namespaceOf, rowId, staleForADay, type TargetStatus } from '../status/target.ts';
import type { Target } from '../route/targets.ts';
import { NOTHING_SPECIAL, selectsCluster } from '../route/targets.ts';
import { stateOf } from '../source/state.ts';
import { SOURCES_ANNOTATION } from '../target/ownership.ts';
import {
  areMany,
  entryOf,
  NO_REMOVALS,
  type Removals,
  removalsOf,
  WHOLE,
  wholeEntryOf,
} from '../target/removal.ts';
import { identityOf, type SecretMetadata } from '../target/secret.ts';
import { isCurrent } from './current.ts';
import { type ClusterSnapshot, isSeen, isUncertain } from './snapshot.ts';
import { renewedRow } from './renewed.ts';
import { unseenCodes, untouchedCode } from './untouched.ts';
import { factsOf, refusalOf, type Wanted, wantedTargets } from './wanted.ts';

/** How this run is asked to go about it. */
interface Orders extends Pick<Shard, 'run' | 'route' | 'recheck'> {
  /** ms since the epoch. */
  now: number;
  /** The run whose removals a person confirmed, those that it held back. */
  confirmed: RunStatus | undefined;
}

/** What a run does about one cluster; computed without reading a value. */
export interface Plan {
  /** Targets to bring up to date. */
  targets: Target[];
  /** Targets that are not even looked at, and why. */
  refused: Outcome[];
  /** Targets of paused routes: claimed, and left alone. */
  paused: Target[];
  /** Claims that another route's claim keeps from a target. */
  collisions: Outcome[];
  /** Managed Secrets that no route claims. */
  orphans: SecretMetadata[];
  removals: Removals;
  /** For rows of an earlier release that are synced, by target id: an upgrade reads no value for them. */
  renewed: ReadonlyMap<string, Pick<TargetStatus, 'fingerprint' | 'parts' | 'expires'>>;
  /** Ids of targets of which nothing changed: one whose row says that its route is paused is what it was before. */
  resumed: ReadonlySet<string>;
  /** Codes of the targets that are left as they are: what is known of each stands, or keeps them from being looked at. */
  left: readonly Code[];
  /** Rows of targets that neither exist nor are wanted. */
  forget: TargetStatus[];
}

/** A wanted target and what is to be done about it. */
interface Judged {
  id: string;
  wanted: Wanted;
  verdict: 'current' | 'skipped' | 'push' | Outcome;
}

export function planCluster(snapshot: ClusterSnapshot, orders: Orders): Plan {
  const wanted = wantedTargets(snapshot);
  const all = [...wanted].map(([id, one]) => judge(id, one, snapshot, orders));
  const orphans = orphansOf(snapshot, wanted);
  const removals = removalsIn(snapshot, all, orphans, orders);
  const judged = all.filter(({ wanted: { target } }) => isInScope(target, orders));
  const isDue = (id: string): boolean => removals.due.has(id) && !removals.tried.has(id);
  return {
    targets: judged.flatMap((one) =>
      one.verdict === 'push' || isDue(one.id) ? [targetOf(one, removals, snapshot, orders)] : [],
    ),
    refused: judged.flatMap(({ verdict }) => (typeof verdict === 'object' ? [verdict] : [])),
    paused: judged.flatMap(({ wanted: { target } }) => (target.route.spec.paused ? [target] : [])),
    collisions: judged.flatMap((one) => collisionsOf(one.wanted)),
    orphans: orders.route === undefined ? orphans : [],
    removals,
    renewed: new Map(judged.flatMap((one) => renewed(one, snapshot))),
    resumed: new Set(judged.flatMap(({ id, verdict }) => (verdict === 'current' ? [id] : []))),
    left: [
      ...judged
        .filter(({ id, verdict }) => isRest(verdict) && !isDue(id))
        .map(({ id, wanted: { target } }) => untouchedCode(id, target.route, snapshot)),
      ...unseenCodes(snapshot, (id) => wanted.has(id), orders.route),
    ],
    forget: orders.route === undefined && !isUncertain(snapshot) ? goneRows(snapshot, wanted) : [],
  };
}

function renewed({ id, wanted, verdict }: Judged, { rows, listings }: ClusterSnapshot) {
  const row = rows.get(id);
  const listing = listings.get(wanted.target.route.spec.vault);
  if (verdict !== 'current' || row === undefined || listing === undefined) return [];
  const lacking = renewedRow(row, wanted, listing);
  return lacking === undefined ? [] : [[id, lacking] as const];
}

function isRest(verdict: Judged['verdict']): boolean {
  return verdict === 'current' || verdict === 'skipped';
}

function isInScope({ route }: Target, orders: Orders): boolean {
  return orders.route === undefined || route.metadata.name === orders.route;
}

function judge(id: string, wanted: Wanted, snapshot: ClusterSnapshot, { recheck }: Orders): Judged {
  const { route } = wanted.target;
  const listing = snapshot.listings.get(route.spec.vault);
  if (route.spec.paused || listing === undefined) return { id, wanted, verdict: 'skipped' };
  const facts = factsOf(wanted, listing);
  const live = snapshot.live.get(id);
  const refusal = refusalOf(wanted, snapshot);
  if (refusal !== undefined) {
    // With the Secret as listed, so that it is not lost sight of; what was not listed may stand.
    const look: Outcome['look'] = isSeen(snapshot, wanted.target.ref.namespace)
      ? { at: 'secret', secret: live && identityOf(live) }
      : { at: 'nothing' };
    return { id, wanted, verdict: unwritten(wanted.target, look, refusal) };
  }
  const row = snapshot.rows.get(id);
  const current = isCurrent(row, wanted, facts, live, listing.readAt);
  const isCurrentStill = current && !(recheck && row.state === 'refused');
  return { id, wanted, verdict: isCurrentStill ? 'current' : 'push' };
}

function targetOf(
  { id, wanted }: Judged,
  { due }: Removals,
  { rows }: ClusterSnapshot,
  { now }: Orders,
): Target {
  const leaving = due.get(id) ?? NOTHING_SPECIAL.leaving;
  return { ...wanted.target, allowed: { older: staleForADay(rows.get(id), now), leaving } };
}

/** Those of a contested target are in its refusal already. */
function collisionsOf({ target, rivals, contested }: Wanted): Outcome[] {
  const { namespace, name } = target.ref;
  const owner = target.route.metadata.name;
  if (contested !== undefined) return [];
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
  const keys = judged.flatMap(({ id, wanted, verdict }) => {
    const reasons = leaving(id, wanted, snapshot);
    // What is paused or refused is looked at, too: a look that contradicts a proof ends it. But nothing leaves there.
    const inScope = isInScope(wanted.target, orders) && (verdict === 'current' || verdict === 'push');
    return reasons === undefined ? [] : [{ id, proof: proofOf(id), reasons, inScope }];
  });
  const removable = snapshot.cluster.spec.orphans === 'remove' ? orphans.filter(isRecorded) : [];
  const wholes = removable.map((orphan) => {
    const id = rowId(orphan);
    const entry = wholeEntryOf(orphan);
    const reason = { reason: 'orphaned', entry, bound: entry, isAccepted: true };
    return {
      id,
      proof: proofOf(id),
      reasons: new Map([[WHOLE, reason]]),
      inScope: orders.route === undefined,
    };
  });
  return removalsOf([...keys, ...wholes], orders, (due) => looksLikeAMistake(snapshot, due, orphans));
}

/** An orphan whose `sources` were taken off by hand says nothing that could be proven: it is kept, and holds nobody up. */
function isRecorded(orphan: SecretMetadata): boolean {
  return vaultOf(orphan) !== '';
}

/**
 * The sources whose key is to leave the live Secret, with the reason; undefined when nothing can be told, for the vault
 * could not be listed. What the namespace does not accept, or the route's pause, says nothing of the source.
 */
function leaving(id: string, { target, sources, accepted }: Wanted, { listings, live }: ClusterSnapshot) {
  const { spec } = target.route;
  const listing = listings.get(spec.vault);
  if (listing === undefined) return undefined;
  const due = sources.flatMap((name) => {
    const properties = listing.secrets.get(name);
    const state = properties === undefined ? 'deleted' : stateOf(properties, listing.readAt);
    if (!isFate(state) || spec[FATE_OPTION[state]] !== 'remove') return [];
    const entry = entryOf(live.get(id), { vault: spec.vault, name });
    if (entry === undefined) return [];
    const bound = `${entry} ${properties?.updated ?? 0}`;
    return [[name, { reason: state, entry, bound, isAccepted: accepted.includes(name) }] as const];
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
  const leavingOrphans = orphans.filter((orphan) => due.get(rowId(orphan))?.has(WHOLE) === true);
  const hasRoute = routes.some((route) => selectsCluster(route, cluster));
  const routed = new Set(routes.map((route) => route.spec.vault));
  const isStranded = leavingOrphans.some((orphan) => !hasRoute || !routed.has(vaultOf(orphan)));
  return isStranded || areMany(due.size, live.size);
}

function vaultOf({ annotations }: SecretMetadata): string {
  return parseProvenance(annotations[SOURCES_ANNOTATION]).vault;
}
