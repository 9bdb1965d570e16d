import type { Result, Work } from '../deliver/result.ts';
import type { Failure } from '../errors.ts';
import type { SecretSummary } from '../push/kubernetes-secret.ts';
import { SOURCES_ANNOTATION } from '../push/ownership.ts';
import { parseProvenance } from '../push/provenance.ts';
import { ACCEPT_ANNOTATION } from '../route/accept.ts';
import type { SourceFacts } from '../report/fingerprint.ts';
import { isProven, readEvidence, seenAgain, WHOLE, writeEvidence } from '../report/evidence.ts';
import type { TargetRow } from '../report/row.ts';
import { factsOf, isCurrent } from './current.ts';
import { type ClusterView, idOf, type Wanted, wantedTargets } from './desired.ts';
import { isTooMuch, leaving } from './removals.ts';

/** A cluster as a run saw it, with what people were told of it before. */
export interface Seen extends ClusterView {
  rows: ReadonlyMap<string, TargetRow>;
  /** Namespaces whose Secrets could not be listed, with why: nothing is concluded about them. */
  unlisted: ReadonlyMap<string, Failure>;
  /** Something of the registry could not be read: then nothing may leave. */
  doubt: boolean;
}

/** How this run is asked to go about it. */
export interface Orders {
  run: string;
  now: number;
  /** Only targets of this route. */
  route: string | undefined;
  /** A person confirmed the removals that an earlier run held back. */
  confirmed: boolean;
  /** A person asked: what was refused is looked at again, too. */
  recheck: boolean;
}

/** What a run does about one cluster; computed without reading a value. */
export interface ClusterPlan {
  works: Work[];
  refusals: Result[];
  collisions: Result[];
  orphans: SecretSummary[];
  /** Rows whose proof of a removal changed, by id. */
  evidence: ReadonlyMap<string, string>;
  /** Keys that may leave, by target id; WHOLE for an orphaned Secret. */
  due: ReadonlyMap<string, ReadonlySet<string>>;
  /** How many removals were held back for a person to confirm; 0 when none. */
  held: number;
  forget: TargetRow[];
  total: number;
}

export function planCluster(seen: Seen, orders: Orders): ClusterPlan {
  const wanted = wantedTargets(seen);
  const mine = [...wanted].filter(
    ([, one]) => orders.route === undefined || one.claim.route.metadata.name === orders.route,
  );
  const judged = mine.map(([id, one]) => judge(id, one, seen, orders));
  const orphans = orders.route === undefined ? orphansOf(seen, wanted) : [];
  const removals = removalsOf(seen, judged, orphans, orders);
  return {
    works: judged.flatMap((one) => (one.verdict === 'push' || removals.due.has(one.id) ? [workOf(one)] : [])),
    refusals: judged.flatMap((one) => (typeof one.verdict === 'object' ? [one.verdict] : [])),
    collisions: mine.flatMap(([, one]) => collisionsOf(one)),
    orphans,
    ...removals,
    forget: orders.route === undefined && !seen.doubt ? gone(seen, wanted) : [],
    total: mine.length,
  };
}

interface Judged {
  id: string;
  wanted: Wanted;
  facts: readonly SourceFacts[];
  verdict: 'current' | 'paused' | 'push' | Result;
}

function judge(id: string, wanted: Wanted, seen: Seen, { recheck }: Orders): Judged {
  const listing = seen.listings.get(wanted.claim.route.spec.vault);
  const facts = listing === undefined ? [] : factsOf(wanted, listing);
  const refusal = refusalOf(wanted, seen);
  if (wanted.claim.route.spec.paused) return { id, wanted, facts, verdict: 'paused' };
  if (refusal !== undefined) return { id, wanted, facts, verdict: refusal };
  const row = seen.rows.get(id);
  const current = isCurrent(row, wanted, facts, seen.live.get(id)) && !(recheck && row.state === 'refused');
  return { id, wanted, facts, verdict: current ? 'current' : 'push' };
}

function workOf({ wanted }: Judged): Work {
  return { claim: wanted.claim, source: undefined, listed: wanted.sources };
}

/** Why a target is not even looked at; the words are those of a push. */
function refusalOf({ claim, namespace, accepted, target, sources }: Wanted, seen: Seen): Result | undefined {
  const work: Work = { claim, source: undefined };
  const unlisted = seen.unlisted.get(target.namespace);
  if (unlisted !== undefined) return { work, ...unlisted };
  if (namespace === undefined)
    return { work, code: 'NAMESPACE_MISSING', message: `namespace ${target.namespace} does not exist` };
  if (accepted.length > 0) return undefined;
  const message =
    namespace.accept === undefined
      ? `namespace ${namespace.name} accepts no secrets (annotation ${ACCEPT_ANNOTATION} is missing)`
      : `secret ${sources.join(', ')} is not accepted by namespace ${namespace.name}`;
  return { work, code: 'NOT_ACCEPTED', message };
}

function collisionsOf({ claim, rivals, target }: Wanted): Result[] {
  return rivals.map((route) => ({
    work: { claim, source: undefined },
    code: 'COLLISION',
    message: `route ${route} also claims ${target.namespace}/${target.name}; route ${claim.route.metadata.name} owns it`,
  }));
}

/** Managed Secrets that no route claims. A route of a vault that could not be listed may claim any of them. */
function orphansOf(seen: Seen, wanted: ReadonlyMap<string, Wanted>): SecretSummary[] {
  if (seen.doubt || hasUnlistedVault(seen)) return [];
  return [...seen.live].flatMap(([id, secret]) => (wanted.has(id) ? [] : [secret]));
}

function hasUnlistedVault({ routes, listings }: Seen): boolean {
  return routes.some((route) => !listings.has(route.spec.vault));
}

/** Rows of targets that neither exist nor are wanted. */
function gone(seen: Seen, wanted: ReadonlyMap<string, Wanted>): TargetRow[] {
  if (hasUnlistedVault(seen)) return [];
  return [...seen.rows.values()].filter((row) => {
    const namespace = row.id.slice(0, row.id.indexOf(':'));
    return !wanted.has(row.id) && !seen.live.has(row.id) && !seen.unlisted.has(namespace);
  });
}

function removalsOf(
  seen: Seen,
  judged: readonly Judged[],
  orphans: readonly SecretSummary[],
  orders: Orders,
) {
  const evidence = new Map<string, string>();
  const due = new Map<string, Set<string>>();
  if (seen.doubt) return { evidence, due, held: 0 };
  const look = (id: string, reasons: ReadonlyMap<string, string>): void => {
    const before = seen.rows.get(id)?.removal ?? '';
    const now = seenAgain(readEvidence(before), reasons, orders.run, orders.now);
    if (writeEvidence(now) !== before) evidence.set(id, writeEvidence(now));
    const proven = [...reasons.keys()].filter((name) => isProven(now, name, orders.run, orders.now));
    if (proven.length > 0) due.set(id, new Set(proven));
  };
  for (const { id, wanted, facts, verdict } of judged) {
    const watched = verdict === 'current' || verdict === 'push';
    if (watched) look(id, leaving(wanted, facts, seen.live.get(id)));
  }
  if (seen.cluster.spec.orphans === 'remove')
    for (const orphan of orphans) look(idOf(orphan), new Map([[WHOLE, 'orphaned']]));
  const held = !orders.confirmed && isHeld(seen, due, orphans) ? due.size : 0;
  return { evidence, due: held > 0 ? new Map<string, Set<string>>() : due, held };
}

/** Much at once, or all that came from a vault or went to a cluster: more likely a mistake than an intention. */
function isHeld(seen: Seen, due: ReadonlyMap<string, unknown>, orphans: readonly SecretSummary[]): boolean {
  if (due.size === 0) return false;
  const leavingWhole = orphans.filter((orphan) => due.has(idOf(orphan)));
  const strandedCluster = leavingWhole.length > 0 && orphans.length === seen.live.size;
  const routed = new Set(seen.routes.map((route) => route.spec.vault));
  const strandedVault = leavingWhole.some((orphan) => !routed.has(vaultOf(orphan)));
  return strandedCluster || strandedVault || isTooMuch(due.size, seen.live.size);
}

function vaultOf(secret: SecretSummary): string {
  return parseProvenance(secret.annotations[SOURCES_ANNOTATION]).vault;
}
