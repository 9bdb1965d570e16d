import type { Result, Work } from '../deliver/result.ts';
import type { Failure } from '../errors.ts';
import type { SecretMetadata } from '../target/secret.ts';
import type { SourceFacts } from '../status/fingerprint.ts';
import type { TargetStatus } from '../status/target.ts';
import { selectsCluster } from '../route/targets.ts';
import { factsOf, isCurrent } from './current.ts';
import { type ClusterView, type Wanted, wantedTargets } from './desired.ts';
import { collisionsOf, refusalOf } from './refusals.ts';
import { type Removals, removalsOf } from './removals.ts';
import type { Confirmed } from './run-row.ts';

/** A cluster as a run saw it, with what people were told of it before. */
export interface Seen extends ClusterView {
  rows: ReadonlyMap<string, TargetStatus>;
  /** Namespaces whose Secrets could not be listed, with why: nothing is concluded about them. */
  unlisted: ReadonlyMap<string, Failure>;
  /** Something of the registry could not be read: then nothing may leave. */
  doubt: boolean;
}

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
export interface ClusterPlan extends Removals {
  works: Work[];
  /** Targets that are not even looked at, and why. */
  refusals: Result[];
  collisions: Result[];
  /** Managed Secrets that no route claims. */
  orphans: SecretMetadata[];
  /** Rows of targets that neither exist nor are wanted. */
  forget: TargetStatus[];
  total: number;
}

/** A wanted target and what is to be done about it. */
export interface Judged {
  id: string;
  wanted: Wanted;
  facts: readonly SourceFacts[];
  verdict: 'current' | 'paused' | 'push' | Result;
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
    forget: orders.route === undefined && !isUncertain(seen) ? gone(seen, wanted) : [],
    total: mine.length,
  };
}

function judge(id: string, wanted: Wanted, seen: Seen, { recheck }: Orders): Judged {
  const listing = seen.listings.get(wanted.claim.route.spec.vault);
  if (wanted.claim.route.spec.paused || listing === undefined)
    return { id, wanted, facts: [], verdict: 'paused' };
  const facts = factsOf(wanted, listing);
  const refusal = refusalOf(wanted, seen);
  if (refusal !== undefined) return { id, wanted, facts, verdict: refusal };
  const row = seen.rows.get(id);
  const current = isCurrent(row, wanted, facts, seen.live.get(id), listing.readAt);
  return {
    id,
    wanted,
    facts,
    verdict: current && !(recheck && row.state === 'refused') ? 'current' : 'push',
  };
}

function workOf({ wanted }: Judged): Work {
  return { claim: wanted.claim, source: undefined, listed: wanted.sources };
}

/** While a row or a vault cannot be read, its routes may claim anything: nothing is called unwanted. */
function isUncertain({ doubt, cluster, routes, listings }: Seen): boolean {
  return doubt || routes.some((route) => selectsCluster(route, cluster) && !listings.has(route.spec.vault));
}

function orphansOf(seen: Seen, wanted: ReadonlyMap<string, Wanted>): SecretMetadata[] {
  if (isUncertain(seen)) return [];
  return [...seen.live].flatMap(([id, secret]) => (wanted.has(id) ? [] : [secret]));
}

function gone(seen: Seen, wanted: ReadonlyMap<string, Wanted>): TargetStatus[] {
  return [...seen.rows.values()].filter((row) => {
    const namespace = row.id.slice(0, row.id.indexOf(':'));
    return !wanted.has(row.id) && !seen.live.has(row.id) && !seen.unlisted.has(namespace);
  });
}
