import type { Route } from '../registry/document.ts';
import { type Claim, sourcesAmong } from '../route/targets.ts';
import { formOf, keysOfForm } from '../route/form.ts';
import { fixedSources, placeOf } from '../route/placement.ts';

/** The part of a live managed Secret that says what it was made of. */
export interface Recorded {
  route: string | undefined;
  /** Names of the recorded sources. */
  sources: readonly string[];
  /** Keys of `data`. */
  keys: readonly string[];
}

/** What a push starts from: the secret an event is about, or what a reconcile's listing gives for the target. */
export interface Hint {
  source: string | undefined;
  listed?: readonly string[];
}

/**
 * The sources of a target without asking the vault, or undefined when a listing must tell: the Secret is absent, another
 * route made it, or its keys are not exactly those of its recorded sources. What is recorded never adds a source: only
 * recorded sources that the route still claims count, plus those the push is about.
 */
export function knownSources(claim: Claim, hint: Hint, recorded: Recorded | undefined): string[] | undefined {
  const fixed = fixedSources(claim.route, claim.target.name);
  if (fixed !== undefined) return fixed;
  if (recorded === undefined || recorded.route !== claim.route.metadata.name) return undefined;
  const expected = keysOf(claim.route, recorded.sources);
  if (expected === undefined || !sameMembers(expected, recorded.keys)) return undefined;
  const asked = hint.listed ?? (hint.source === undefined ? [] : [hint.source]);
  return sourcesAmong(claim.route, claim.target, new Set([...recorded.sources, ...asked]));
}

/** The keys that sources make, or undefined when only their values can tell. */
function keysOf(route: Route, sources: readonly string[]): string[] | undefined {
  const keys: string[] = [];
  for (const source of sources) {
    const place = placeOf(route, source);
    const made = typeof place === 'object' ? keysOfForm(formOf(route, place)) : undefined;
    if (made === undefined) return undefined;
    keys.push(...made);
  }
  return keys;
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && new Set([...left, ...right]).size === left.length;
}
