import type { Failure } from '../errors.ts';
import type { Rendering } from '../render/render.ts';
import { askedSecret, type Target } from '../route/targets.ts';
import type { Contribution } from '../source/contribution.ts';
import type { Source } from '../source/source.ts';
import { type Outcome, unwritten } from '../status/outcome.ts';
import { isDegrading, partsOf } from '../status/parts.ts';
import { ownSilence } from '../target/absence.ts';
import type { Change } from '../target/change.ts';
import { differenceOf } from '../target/difference.ts';
import { recordedSources, SOURCES_ANNOTATION } from '../target/ownership.ts';
import {
  identityOf,
  type LiveSecret,
  NO_SECRET,
  type SecretMetadata,
  type Written,
} from '../target/secret.ts';

/** A change that was not held back. */
type Free = Exclude<Change, { action: 'blocked' }>;

/** What a change was made of. */
interface Made {
  target: Target;
  live: LiveSecret | undefined;
  sources: ReadonlyMap<string, Source>;
  contributions: ReadonlyMap<string, Contribution>;
  rendering: Rendering;
  /** Sources whose value cannot be made into bytes. */
  broken: ReadonlyMap<string, unknown>;
  /** Sources that are not up to date, each with why. */
  unfinished: Synced['unfinished'];
  /** Keys that are left behind. */
  left: readonly string[];
}

type Synced = Extract<Outcome, { kind: 'synced' }>;

/**
 * What a change came to. `written`: what its write found; undefined where nothing was written, for there is nothing to write
 * or all is only planned.
 */
export function outcomeOf(
  change: Free,
  written: Written | undefined,
  look: Outcome['look'],
  made: Made,
): Outcome {
  return written === undefined || written.kind === 'written'
    ? outcomeWith(appliedOf(change, written), look, made)
    : unwritten(made.target, look, NOT_WRITTEN[written.kind]);
}

/** A source that could not be used leaves the outcome unfinished, even when everything else was written. */
function outcomeWith(applied: Applied, look: Outcome['look'], made: Made): Outcome {
  const { target, rendering, unfinished } = made;
  const { action, code } = applied;
  const effect = effectOf(applied, made);
  const stuck = stuckKeys(made);
  const but = stuck === '' ? '' : `, but for ${stuck}, left as found`;
  const message = noted(`${applied.message}${but}`, rendering);
  const base = { target, look, code, message, effect };
  const [first] = unfinished;
  if (action === 'delete') {
    // Nothing stands any more, so nothing of it stays as found: what is left to say is why a source has no key of its own.
    const left = first === undefined ? message : `${message}; ${first.message}`;
    return code === 'PLANNED'
      ? { ...base, kind: 'planned', message: left }
      : { ...base, kind: 'removed', message: left, unfinished };
  }
  if (first !== undefined) {
    const among = stuck === '' ? '' : `, ${stuck} among them`;
    const text = `${first.message}; its keys stay as found${among}, the others are up to date`;
    return { ...base, kind: 'synced', code: first.code, message: text, unfinished };
  }
  if (code === 'PLANNED') return { ...base, kind: 'planned' };
  const synced = { ...base, kind: 'synced', unfinished: [] } as const;
  return action === 'none' ? { ...synced, ...unusedReason(synced, made) } : synced;
}

const NOT_WRITTEN: Readonly<Record<Exclude<Written['kind'], 'written'>, Failure>> = {
  conflict: { code: 'CONFLICT', message: 'the Secret changed between observation and write' },
  'namespace-missing': { code: 'NAMESPACE_MISSING', message: 'the namespace went away before the write' },
};

/** What a change came to in the cluster, or would. */
type Applied = Pick<Outcome, 'code' | 'message'> & Pick<Synced['effect'], 'action' | 'secret' | 'recorded'>;

/** `stands`: what was written; undefined where nothing was. */
function appliedOf(
  change: Free,
  stands: Pick<SecretMetadata, 'uid' | 'resourceVersion'> | undefined,
): Applied {
  if (change.action === 'none')
    return {
      action: 'none',
      code: 'UNCHANGED',
      message: 'the Secret is up to date',
      secret: identityOf(change.secret),
      recorded: change.secret.annotations[SOURCES_ANNOTATION] ?? '',
    };
  if (stands === undefined) return planned(change);
  const { action } = change;
  const message = `the Secret was ${DONE[action]}`;
  if (change.action === 'delete')
    return { action, code: 'REMOVED', message, secret: NO_SECRET, recorded: undefined };
  const recorded = change.manifest.annotations[SOURCES_ANNOTATION] ?? '';
  return { action, code: 'DELIVERED', message, secret: identityOf(stands), recorded };
}

type Writing = Exclude<Free, { action: 'none' }>;

function planned(change: Writing): Applied {
  const secret = 'secret' in change ? identityOf(change.secret) : NO_SECRET;
  const { action } = change;
  const difference = differenceOf(change);
  const would = `the Secret would be ${WOULD_BE[action]}`;
  const message = difference === '' ? would : `${would}: ${difference}`;
  return { action, code: 'PLANNED', message, secret, recorded: undefined };
}

const DONE: Readonly<Record<Writing['action'], string>> = {
  create: 'created',
  update: 'updated',
  replace: 'created anew',
  delete: 'removed with its last key',
};

const WOULD_BE: Readonly<Record<Writing['action'], string>> = {
  ...DONE,
  replace: 'deleted and created anew',
};

function effectOf(
  { action, secret, recorded, code }: Applied,
  { target, live, rendering, left }: Made,
): Synced['effect'] {
  const asked = askedSecret(target);
  const version = asked === undefined ? undefined : rendering.used.get(asked)?.version;
  const removed = rendering.removed.filter((key) => live !== undefined && Object.hasOwn(live.data, key));
  const brought =
    action === 'none' || code === 'PLANNED' ? NOTHING_BROUGHT : broughtBy(rendering, target, live);
  return { action, secret, recorded, version, brought, removed, left };
}

/**
 * Nothing was written, and not because the Secret has what was asked for: the secret gives nothing, or what it gives waits
 * for another that its template needs.
 */
function unusedReason(
  outcome: Outcome,
  { rendering, target, sources, live }: Made,
): Pick<Outcome, 'code' | 'message'> | undefined {
  const asked = askedSecret(target);
  if (asked === undefined || rendering.used.has(asked)) return undefined;
  const isKnown = recordedSources(live, target.route.spec.vault).has(asked);
  const own = ownSilence(asked, sources.get(asked), isKnown);
  if (own !== undefined || !rendering.keptSources.includes(asked)) return own;
  const cause = partsOf(outcome).find((part) => part.source !== asked && isDegrading(part));
  if (cause === undefined) return undefined;
  return {
    code: cause.code,
    message: `secret ${asked} was not written, its keys stay as found: ${cause.message}`,
  };
}

const KEYS_SHOWN = 3;

/** `key url`: what stays as found although one of its sources gives a value, for a template waits for another that gives none. */
function stuckKeys({ rendering: { kept, madeFrom }, contributions, broken }: Made): string {
  const gives = (source: string): boolean =>
    'use' in (contributions.get(source) ?? {}) && !broken.has(source);
  const keys = kept.filter((key) => madeFrom.get(key)?.some(gives));
  const more = keys.length > KEYS_SHOWN ? ` and ${keys.length - KEYS_SHOWN} more` : '';
  if (keys.length === 0) return '';
  return `${keys.length === 1 ? 'key' : 'keys'} ${keys.slice(0, KEYS_SHOWN).join(', ')}${more}`;
}

const NOTHING_BROUGHT: ReadonlyMap<string, string> = new Map();

/** What the Secret did not hold before, by what is recorded on it. */
function broughtBy({ used }: Rendering, target: Target, live: LiveSecret | undefined): Map<string, string> {
  const before = recordedSources(live, target.route.spec.vault);
  const now = [...used].map(([name, { version }]) => [name, version] as const);
  return new Map(now.filter(([name, version]) => before.get(name)?.version !== version));
}

const NOTES_SHOWN = 3;

/** With what a person should know of the rendering, such as a certificate that was left out. */
function noted(message: string, { notes }: Rendering): string {
  const more = notes.length > NOTES_SHOWN ? [`and ${notes.length - NOTES_SHOWN} more notes`] : [];
  return [message, ...notes.slice(0, NOTES_SHOWN), ...more].join('; ');
}
