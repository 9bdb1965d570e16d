import type { SecretMetadata } from '../target/secret.ts';
import { recordedSources, SOURCES_ANNOTATION } from '../target/ownership.ts';
import { parseProvenance } from '../target/provenance.ts';
import { FATE_OPTION } from '../source/usable.ts';
import {
  type Evidence,
  isProven,
  type Proven,
  readEvidence,
  seenAgain,
  WHOLE,
  writeEvidence,
} from '../target/removal.ts';
import type { SourceFacts } from '../status/fingerprint.ts';
import { selectsCluster } from '../route/targets.ts';
import { idOf, type Wanted } from './desired.ts';
import type { Judged, Orders, Seen } from './plan.ts';

/** What may leave a cluster in this run, and what a later one may take it from. */
export interface Removals {
  /** Proof of removals in the making that this run changed, by target id. */
  evidence: ReadonlyMap<string, string>;
  /** Sources whose keys may leave, with the reason, by target id; WHOLE for an orphaned Secret. */
  due: ReadonlyMap<string, Proven>;
  /** How many removals were held back for a person to confirm; 0 when none. */
  held: number;
}

export function removalsOf(
  seen: Seen,
  judged: readonly Judged[],
  orphans: readonly SecretMetadata[],
  orders: Orders,
): Removals {
  const evidence = new Map<string, string>();
  const due = new Map<string, Proven>();
  const unseen = new Set<string>();
  if (seen.doubt) return { evidence, due, held: 0 };
  const look = (id: string, reasons: ReadonlyMap<string, string>): void => {
    const before = seen.rows.get(id)?.removal ?? '';
    const now = seenAgain(readEvidence(before), reasons, orders.run, orders.now);
    if (writeEvidence(now) !== before) evidence.set(id, writeEvidence(now));
    const proven = [...reasons].filter(([name]) => isProven(now, name, orders.run, orders.now));
    if (proven.length > 0) due.set(id, new Map(proven));
    if (proven.some(([name]) => !wasHeld(now, name, orders))) unseen.add(id);
  };
  for (const { id, wanted, facts, verdict } of judged) {
    const watched = verdict === 'current' || verdict === 'push';
    if (watched) look(id, leaving(wanted, facts, seen.live.get(id)));
  }
  if (seen.cluster.spec.orphans === 'remove')
    for (const orphan of orphans) look(idOf(orphan), new Map([[WHOLE, 'orphaned']]));
  const held = isHeld(seen, due, orphans) && !isConfirmed(due, unseen, orders) ? due.size : 0;
  return { evidence, due: held > 0 ? new Map() : due, held };
}

/** Whether the run that a person confirmed had this removal among those it held back: what was proven later was not. */
function wasHeld(evidence: Evidence, name: string, { confirmed }: Orders): boolean {
  return confirmed !== undefined && isProven(evidence, name, confirmed.run, confirmed.at);
}

/** `unseen`: removals that the person could not see when confirming. */
function isConfirmed(
  due: ReadonlyMap<string, Proven>,
  unseen: ReadonlySet<string>,
  { confirmed }: Orders,
): boolean {
  return confirmed !== undefined && unseen.size === 0 && due.size <= confirmed.count;
}

/** The sources whose key is to leave this live Secret, with the reason. */
function leaving(
  wanted: Wanted,
  facts: readonly SourceFacts[],
  live: SecretMetadata | undefined,
): Map<string, string> {
  const { spec } = wanted.claim.route;
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
function isHeld(seen: Seen, due: ReadonlyMap<string, Proven>, orphans: readonly SecretMetadata[]): boolean {
  const orphaned = orphans.filter((orphan) => due.has(idOf(orphan)));
  const strandedCluster = !seen.routes.some((route) => selectsCluster(route, seen.cluster));
  const routed = new Set(seen.routes.map((route) => route.spec.vault));
  const stranded = orphaned.some((orphan) => strandedCluster || !routed.has(vaultOf(orphan)));
  return stranded || isTooMuch(due.size, seen.live.size);
}

function vaultOf(secret: SecretMetadata): string {
  return parseProvenance(secret.annotations[SOURCES_ANNOTATION]).vault;
}

/** More removals than this at once are more likely a mistake than an intention. */
function isTooMuch(removals: number, managed: number): boolean {
  return removals > 5 && removals > managed * 0.05;
}
