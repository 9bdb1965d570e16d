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

/** What a change is computed from. */
export interface Facts {
  target: Target;
  sources: ReadonlyMap<string, Source>;
  contributions: Contributions;
  /** Sources whose value cannot be made into bytes, each with why. */
  broken: ReadonlyMap<string, { message: string }>;
  live: LiveSecret | undefined;
}

/** What is known before rendering. */
export type Found = Omit<Facts, 'contributions' | 'broken'>;

/** Takes a source's contribution back where its keys had better stay as found. Before rendering: templates need what is kept. */
type SourceGuard = (
  contribution: Contribution,
  name: string,
  found: Found,
  delivered: Delivered | undefined,
) => Contribution;

const ON_SOURCES: readonly SourceGuard[] = [keepStale];

export function guardedSources(contributions: Contributions, found: Found): Contributions {
  // Read once for all of them: there may be a thousand, and anybody who edits the Secret can write more.
  const recorded = recordedSources(found.live, found.target.route.spec.vault);
  return new Map(
    [...contributions].map(([name, contribution]) => [
      name,
      ON_SOURCES.reduce((kept, guard) => guard(kept, name, found, recorded.get(name)), contribution),
    ]),
  );
}

/** DESIGN 5.2: an older version never replaces a newer one, and does not hold its siblings up either. */
function keepStale(
  contribution: Contribution,
  name: string,
  { target: { allowed }, sources }: Found,
  delivered: Delivered | undefined,
): Contribution {
  const source = sources.get(name);
  if (!('use' in contribution) || source === undefined) return contribution;
  if (allowed.older === 'all') return contribution;
  if (allowed.older.has(name) && isADayOld(delivered, contribution.use)) return contribution;
  return isStale(contribution.use, source, delivered) ? { keep: 'stale' } : contribution;
}

const DAY_SECONDS = 24 * 3600;

/**
 * No source is stale for longer than the version exists that was delivered: a row may tell of an earlier one, when the row of
 * the delivery was lost.
 */
function isADayOld(delivered: Delivered | undefined, { readAt }: SourceVersion): boolean {
  return delivered === undefined || readAt - delivered.created >= DAY_SECONDS;
}

/** What keeps sources from being up to date, each with why: what can be read later is tried again. */
export function unfinishedSources({
  sources,
  contributions,
  broken,
}: Facts): (Failure & { source: string })[] {
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
type ChangeGuard = (change: Change, rendering: Rendering, facts: Facts) => Change;

/** In this order; the first one that holds a change back is its reason. */
const ON_CHANGE: readonly ChangeGuard[] = [
  holdReplaceWhileUnfinished,
  holdReplaceWhileKept,
  waitForFinalizers,
  refuseTooManyAnnotations,
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
