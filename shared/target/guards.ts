import type { Failure } from '../errors.ts';
import type { Rendering } from '../render/render.ts';
import type { Target } from '../route/targets.ts';
import type { Contribution } from '../source/contribution.ts';
import type { Delivered } from '../source/provenance.ts';
import type { Source, SourceVersion } from '../source/source.ts';
import { isStale } from '../source/stale.ts';
import type { Change } from './change.ts';
import { recordedSources } from './ownership.ts';
import type { LiveSecret } from './secret.ts';

/** What each source gives, and what it could not: by name. */
type Contributions = ReadonlyMap<string, Contribution>;

/**
 * Takes a source's contribution back where its keys had better stay as found. Before rendering: templates need what is kept.
 * DESIGN 5.2: an older version never replaces a newer one, and does not hold its siblings up either.
 */
export function guardedSources(
  contributions: Contributions,
  { route, allowed: { older } }: Target,
  sources: ReadonlyMap<string, Source>,
  live: LiveSecret | undefined,
): Contributions {
  if (older === 'all') return contributions;
  // Read once for all of them: there may be a thousand, and anybody who edits the Secret can write more.
  const recorded = recordedSources(live, route.spec.vault);
  const guarded = (contribution: Contribution, name: string): Contribution => {
    const [source, delivered] = [sources.get(name), recorded.get(name)];
    if (!('use' in contribution) || source === undefined) return contribution;
    if (older.has(name) && isADayOld(delivered, contribution.use)) return contribution;
    return isStale(contribution.use, source, delivered) ? { keep: 'stale' } : contribution;
  };
  return new Map([...contributions].map(([name, one]) => [name, guarded(one, name)]));
}

const DAY_SECONDS = 24 * 3600;

/**
 * No source is stale for longer than the version exists that was delivered: a row may tell of an earlier one, when the row of
 * the delivery was lost.
 */
function isADayOld(delivered: Delivered | undefined, { readAt }: SourceVersion): boolean {
  return delivered === undefined || readAt - delivered.created >= DAY_SECONDS;
}

/** A source that is not up to date, and why. */
type Unfinished = Failure & { source: string };

/**
 * What keeps sources from being up to date: what can be read later is tried again. `broken`: those whose value cannot be made
 * into bytes.
 */
export function unfinishedSources(
  sources: ReadonlyMap<string, Source>,
  contributions: Contributions,
  broken: ReadonlyMap<string, { message: string }>,
): Unfinished[] {
  const refused = [...broken].map(([source, { message }]) => ({
    source,
    code: 'RENDER_REFUSED' as const,
    message,
  }));
  const unread = [...sources].flatMap(([source, found]) => {
    if (found.state === 'unreadable') return [{ source, ...found.failure }];
    const contribution = contributions.get(source);
    const isKept = contribution !== undefined && 'keep' in contribution && contribution.keep === 'stale';
    const message = `the vault answered with an older version of ${source}`;
    return isKept ? [{ source, code: 'STALE_READ' as const, message }] : [];
  });
  return [...unread, ...refused];
}

/** Lets a change pass, or says why it must wait. */
type ChangeGuard = (change: Change, rendering: Rendering, unfinished: readonly Unfinished[]) => Change;

/** In this order; the first one that holds a change back is its reason. */
const ON_CHANGE: readonly ChangeGuard[] = [
  holdReplaceWhileUnfinished,
  holdReplaceWhileKept,
  waitForFinalizers,
  refuseTooManyAnnotations,
];

/** `unfinished`: sources of the target that are not up to date. */
export function guardedChange(
  change: Change,
  rendering: Rendering,
  unfinished: readonly Unfinished[],
): Change {
  return ON_CHANGE.reduce(
    (held, guard) => (held.action === 'blocked' ? held : guard(held, rendering, unfinished)),
    change,
  );
}

/** DESIGN 5.3: what is deleted and created anew must be whole; a source that cannot be read now may be later. */
function holdReplaceWhileUnfinished(
  change: Change,
  _rendering: Rendering,
  [unfinished]: readonly Unfinished[],
): Change {
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

/** What Kubernetes allows all annotations of an object together (ValidateAnnotationsSize). */
const MAX_ANNOTATION_BYTES = 262_144;

/** Refused before the write: the API server would say no more than that it is too long. */
function refuseTooManyAnnotations(change: Change): Change {
  if (!('manifest' in change)) return change;
  const { annotations } = change.manifest;
  if (Buffer.byteLength(Object.entries(annotations).flat().join('')) <= MAX_ANNOTATION_BYTES) return change;
  const message = `the Secret's annotations would be larger than Kubernetes allows (${MAX_ANNOTATION_BYTES} bytes): feed it from fewer secrets, or give it fewer annotations`;
  return { action: 'blocked', code: 'RENDER_REFUSED', message };
}

function reasonToReplace({ secret }: Extract<Change, { action: 'replace' }>): string {
  return secret.immutable ? 'the Secret is immutable' : 'its type changes';
}

/** Why the first source that could not be read could not. */
export function firstUnreadable(sources: ReadonlyMap<string, Source>): Failure | undefined {
  for (const one of sources.values()) if (one.state === 'unreadable') return one.failure;
  return undefined;
}
