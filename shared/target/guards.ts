import type { Failure } from '../errors.ts';
import type { Rendering } from '../render/render.ts';
import type { Target } from '../route/targets.ts';
import type { Contribution } from '../source/contribution.ts';
import type { Source } from '../source/source.ts';
import { isStale } from '../source/stale.ts';
import type { Change } from './change.ts';
import { recordedSources } from './ownership.ts';
import type { LiveSecret } from './secret.ts';

/** What each source gives, and what it could not: by name. */
export type Contributions = ReadonlyMap<string, Contribution>;

/** What a change is computed from. */
export interface Facts {
  target: Target;
  sources: ReadonlyMap<string, Source>;
  contributions: Contributions;
  live: LiveSecret | undefined;
}

/** Takes a source's contribution back where its keys had better stay as found. Before rendering: templates need what is kept. */
type SourceGuard = (
  contribution: Contribution,
  name: string,
  facts: Omit<Facts, 'contributions'>,
) => Contribution;

const ON_SOURCES: readonly SourceGuard[] = [keepStale];

export function guardedSources(
  contributions: Contributions,
  facts: Omit<Facts, 'contributions'>,
): Contributions {
  return new Map(
    [...contributions].map(([name, contribution]) => [
      name,
      ON_SOURCES.reduce((kept, guard) => guard(kept, name, facts), contribution),
    ]),
  );
}

/** DESIGN 5.2: an older version never replaces a newer one, and does not hold its siblings up either. */
function keepStale(
  contribution: Contribution,
  name: string,
  { target: { route, allowed }, sources, live }: Omit<Facts, 'contributions'>,
): Contribution {
  const source = sources.get(name);
  if (!('use' in contribution) || source === undefined) return contribution;
  if (allowed.older === 'all' || allowed.older.has(name)) return contribution;
  const delivered = recordedSources(live, route.spec.vault).get(name);
  return isStale(contribution.use, source, delivered) ? { keep: 'stale' } : contribution;
}

/** What keeps sources from being up to date, each with why: those are tried again. */
export function unfinishedSources({ sources, contributions }: Facts): (Failure & { source: string })[] {
  return [...sources].flatMap(([source, found]) => {
    if (found.state === 'unreadable') return [{ source, ...found.failure }];
    const contribution = contributions.get(source);
    const isKept = contribution !== undefined && 'keep' in contribution && contribution.keep === 'stale';
    const message = `the vault answered with an older version of ${source}`;
    return isKept ? [{ source, code: 'STALE_READ' as const, message }] : [];
  });
}

/** Lets a change pass, or says why it must wait. */
type ChangeGuard = (change: Change, rendering: Rendering, facts: Facts) => Change;

/** In this order; the first one that holds a change back is its reason. */
const ON_CHANGE: readonly ChangeGuard[] = [
  holdReplaceWhileUnfinished,
  holdReplaceWhileKept,
  waitForFinalizers,
];

export function guardedChange(change: Change, rendering: Rendering, facts: Facts): Change {
  return ON_CHANGE.reduce(
    (held, guard) => (held.action === 'blocked' ? held : guard(held, rendering, facts)),
    change,
  );
}

/** DESIGN 5.3: what is deleted and created anew must be whole; a source that cannot be read now may be later. */
function holdReplaceWhileUnfinished(change: Change, _rendering: Rendering, facts: Facts): Change {
  const [unfinished] = unfinishedSources(facts);
  if (change.action !== 'replace' || unfinished === undefined) return change;
  return { action: 'blocked', code: unfinished.code, message: unfinished.message };
}

/** DESIGN 5.3: nor may a key get lost whose source gives no value any more. */
function holdReplaceWhileKept(change: Change, { kept }: Rendering): Change {
  if (change.action !== 'replace' || kept.length === 0) return change;
  const message = `${reasonToReplace(change)}, but the keys ${kept.join(', ')} could not be written anew`;
  return { action: 'blocked', code: 'RENDER_REFUSED', message };
}

/** A Secret that was deleted already cannot be deleted again: whoever holds it must let go first. */
function waitForFinalizers(change: Change): Change {
  if (change.action !== 'replace' || !change.secret.terminating) return change;
  const holders = change.secret.finalizers.join(', ');
  const message = `${reasonToReplace(change)} and it was deleted, but it stays until its finalizers are gone: ${holders}`;
  return { action: 'blocked', code: 'CONFLICT', message };
}

function reasonToReplace({ secret }: Extract<Change, { action: 'replace' }>): string {
  return secret.immutable ? 'the Secret is immutable' : 'its type changes';
}

/** Why the first source that could not be read could not. */
export function firstUnreadable(sources: ReadonlyMap<string, Source>): Failure | undefined {
  for (const one of sources.values()) if (one.state === 'unreadable') return one.failure;
  return undefined;
}
