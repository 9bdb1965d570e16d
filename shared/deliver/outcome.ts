import type { Rendering } from '../render/render.ts';
import { askedSecret } from '../route/targets.ts';
import { type Effect, type Look, type Outcome, unwritten } from '../status/outcome.ts';
import { isDegrading, partsOf } from '../status/parts.ts';
import { ownSilence } from '../target/absence.ts';
import { type Facts, unfinishedSources } from '../target/guards.ts';
import { recordedSources } from '../target/ownership.ts';
import type { Applied } from './apply.ts';

/** What a change was made of: the rendering, what is known of the target, and keys that are left behind. */
interface Made {
  rendering: Rendering;
  facts: Facts;
  left: readonly string[];
}

/** A source that could not be used leaves the outcome unfinished, even when everything else was written. */
export function outcomeOf(applied: Applied, look: Look, made: Made): Outcome {
  const { facts, rendering } = made;
  const { target } = facts;
  if (applied.kind === 'failed') return unwritten(target, look, applied);
  const { action, code } = applied;
  const effect = effectOf(applied, made);
  const stuck = stuckKeys(made);
  const but = stuck === '' ? '' : `, but for ${stuck}, left as found`;
  const message = noted(`${applied.message}${but}`, rendering);
  const base = { target, look, code, message, effect };
  const unfinished = unfinishedSources(facts);
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

function effectOf(
  { action, secret, recorded, code }: Extract<Applied, { kind: 'stands' }>,
  { rendering, facts, left }: Made,
): Effect {
  const asked = askedSecret(facts.target);
  const version = asked === undefined ? undefined : rendering.used.get(asked)?.version;
  const { live } = facts;
  const removed = rendering.removed.filter((key) => live !== undefined && Object.hasOwn(live.data, key));
  const brought = action === 'none' || code === 'PLANNED' ? NOTHING_BROUGHT : broughtBy(rendering, facts);
  return { action, secret, recorded, version, brought, removed, left };
}

/**
 * Nothing was written, and not because the Secret has what was asked for: the secret gives nothing, or what it gives waits
 * for another that its template needs.
 */
function unusedReason(
  outcome: Outcome,
  { rendering, facts: { target, sources, live } }: Made,
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
function stuckKeys({ rendering: { kept, madeFrom }, facts: { contributions, broken } }: Made): string {
  const gives = (source: string): boolean =>
    'use' in (contributions.get(source) ?? {}) && !broken.has(source);
  const keys = kept.filter((key) => madeFrom.get(key)?.some(gives));
  const more = keys.length > KEYS_SHOWN ? ` and ${keys.length - KEYS_SHOWN} more` : '';
  if (keys.length === 0) return '';
  return `${keys.length === 1 ? 'key' : 'keys'} ${keys.slice(0, KEYS_SHOWN).join(', ')}${more}`;
}

const NOTHING_BROUGHT: ReadonlyMap<string, string> = new Map();

/** What the Secret did not hold before, by what is recorded on it. */
function broughtBy({ used }: Rendering, { target, live }: Facts): Map<string, string> {
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
