import type { SecretSummary } from '../push/kubernetes-secret.ts';
import { SOURCES_ANNOTATION } from '../push/ownership.ts';
import { parseProvenance } from '../push/provenance.ts';
import { FATE_OPTION } from '../read/usable.ts';
import type { SourceFacts } from '../report/fingerprint.ts';
import type { Wanted } from './desired.ts';

/** The sources whose key is to leave this live Secret, with the reason. */
export function leaving(
  wanted: Wanted,
  facts: readonly SourceFacts[],
  live: SecretSummary | undefined,
): Map<string, string> {
  const recorded = parseProvenance(live?.annotations[SOURCES_ANNOTATION]).sources;
  const { spec } = wanted.claim.route;
  const due = facts.flatMap(({ name, state }) => {
    if (state !== 'disabled' && state !== 'deleted' && state !== 'expired') return [];
    return recorded.has(name) && spec[FATE_OPTION[state]] === 'remove' ? [[name, state] as const] : [];
  });
  return new Map(due);
}

/** More removals than this at once are more likely a mistake than an intention. */
export function isTooMuch(removals: number, managed: number): boolean {
  return removals > 5 && removals > managed * 0.05;
}
