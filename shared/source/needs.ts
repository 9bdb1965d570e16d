import { formOf, keysOfForm } from '../route/form.ts';
import { fixedSources, layoutPlacement } from '../route/placement.ts';
import { sourcesAmong, type Target } from '../route/targets.ts';
import type { Route } from '../registry/document.ts';

/** The part of a live managed Secret that says what it was made of. */
interface Made {
  route: string | undefined;
  /** Names of the recorded sources. */
  sources: readonly string[];
  /** Keys of `data`. */
  keys: readonly string[];
}

/**
 * The sources of a target without asking the vault, or undefined when a listing must tell: the Secret is absent, another
 * route made it, or its keys are not exactly those of its recorded sources. What is recorded never adds a source: only
 * recorded sources that the route still claims count, plus those the push is about.
 */
export function knownSources(
  { route, ref, asked }: Pick<Target, 'route' | 'ref' | 'asked'>,
  recorded: Made | undefined,
): string[] | undefined {
  const fixed = fixedSources(route, ref.name);
  if (fixed !== undefined) return fixed;
  if (recorded === undefined || recorded.route !== route.metadata.name) return undefined;
  const expected = keysOf(route, recorded.sources);
  if (expected === undefined || !sameMembers(expected, recorded.keys)) return undefined;
  const also = asked.by === 'run' ? asked.listed : [asked.name];
  return sourcesAmong(route, ref, new Set([...recorded.sources, ...also]));
}

/** The keys that sources make, or undefined when only their values can tell. */
export function keysOf(route: Route, sources: readonly string[]): string[] | undefined {
  const keys: string[] = [];
  for (const source of sources) {
    const placement = layoutPlacement(route, source);
    const made = placement.kind === 'placed' ? keysOfForm(formOf(route, placement)) : undefined;
    if (made === undefined) return undefined;
    keys.push(...made);
  }
  return keys;
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && new Set([...left, ...right]).size === left.length;
}
