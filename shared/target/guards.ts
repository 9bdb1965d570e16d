import type { Failure } from '../errors.ts';
import type { Rendering } from '../render/render.ts';
import type { Target } from '../route/targets.ts';
import type { Source } from '../source/source.ts';
import { staleSource } from '../source/stale.ts';
import type { Change } from './change.ts';
import { recordedSources } from './ownership.ts';
import type { LiveSecret } from './secret.ts';

/** What a change was computed from. */
export interface Facts {
  target: Target;
  sources: ReadonlyMap<string, Source>;
  rendering: Rendering;
  live: LiveSecret | undefined;
}

/** Lets a change pass, or says why it must wait. */
type ChangeGuard = (change: Change, facts: Facts) => Change;

/** In this order; the first one that holds a change back is its reason. */
const ON_CHANGE: readonly ChangeGuard[] = [
  holdWhileStale,
  holdReplaceWhileUnreadable,
  holdReplaceWhileKept,
  waitForFinalizers,
  refuseTooManyAnnotations,
];

export function guarded(change: Change, facts: Facts): Change {
  return ON_CHANGE.reduce((held, guard) => (held.action === 'blocked' ? held : guard(held, facts)), change);
}

/** DESIGN 5.2: an older version never replaces a newer one. */
function holdWhileStale(change: Change, { target, sources, rendering, live }: Facts): Change {
  if (target.allowed.older) return change;
  const recorded = recordedSources(live, target.route.spec.vault);
  const stale = staleSource(rendering.used, sources, recorded);
  if (stale === undefined) return change;
  const message = `the vault answered with an older version of ${stale}`;
  return { action: 'blocked', code: 'STALE_READ', message };
}

/** DESIGN 5.3: what is deleted and created anew must be whole; a source that cannot be read now may be later. */
function holdReplaceWhileUnreadable(change: Change, { sources }: Facts): Change {
  const failure = firstUnreadable(sources);
  if (change.action !== 'replace' || failure === undefined) return change;
  return { action: 'blocked', code: failure.code, message: failure.message };
}

/** DESIGN 5.3: nor may a key get lost whose source gives no value any more. */
function holdReplaceWhileKept(change: Change, { rendering: { kept } }: Facts): Change {
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
