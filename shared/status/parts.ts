import { z } from 'zod';
import type { Code } from '../errors.ts';
import { keepsTags } from '../route/selection.ts';
import { parseProvenance } from '../source/provenance.ts';
import { latestOf, type SourceFacts, type SourceStatus } from '../source/source.ts';
import { effectOf, type Outcome, unfinishedOf } from './outcome.ts';

/** What a source of a target gives now, in a word. `missing`: the vault does not have it, and nothing of it was delivered. */
const PART_STATES = [
  'missing',
  'deleted',
  'disabled',
  'expired',
  'stale',
  'refused',
  'unreadable',
  'near-expiry',
  'not-yet-valid',
] as const;

type PartState = (typeof PART_STATES)[number];

/** The code of each state where nothing more is known of why. */
export const PART_CODES: Readonly<Record<PartState, Code>> = {
  missing: 'SOURCE_MISSING',
  deleted: 'SOURCE_DELETED',
  disabled: 'SOURCE_DISABLED',
  expired: 'EXPIRED',
  stale: 'STALE_READ',
  refused: 'NOT_ACCEPTED',
  unreadable: 'VAULT_UNAVAILABLE',
  'near-expiry': 'NEAR_EXPIRY',
  'not-yet-valid': 'SCHEDULED',
};

const partStates = z.record(z.string(), z.enum(PART_STATES));

/** A source of a target that is not simply valid. */
interface Part {
  source: string;
  state: PartState;
  code: Code;
  message: string;
}

/** States of a source that leave its target as it should be. */
const HARMLESS: ReadonlySet<PartState> = new Set(['near-expiry', 'not-yet-valid']);

/** Whether a target is less than it could be because of this source. */
export function isDegrading({ state }: Pick<Part, 'state'>): boolean {
  return !HARMLESS.has(state);
}

/** All sources of the target that are not simply valid; empty of an outcome that did not look at them. */
export function partsOf(outcome: Outcome): Part[] {
  const { look, target } = outcome;
  if (look.at !== 'sources') return [];
  const recorded = parseProvenance(effectOf(outcome)?.recorded);
  const unfinished = new Map(unfinishedOf(outcome).map((one) => [one.source, one]));
  const found = [...look.sources].flatMap(([source, status]): Part[] => {
    if (!keepsTags(target.route, latestOf(status))) return [];
    const reason = unfinished.get(source);
    if (reason !== undefined) return [unfinishedPart(source, reason)];
    const known = recorded.vault === target.route.spec.vault ? recorded.sources.get(source) : undefined;
    return partOf(source, status, known?.version ?? removedVersion(outcome));
  });
  return [...found, ...look.refused.map(refusedPart)];
}

/** A Secret that was removed held something of its sources, whatever version that was. */
function removedVersion({ kind }: Outcome): string | undefined {
  return kind === 'removed' ? '' : undefined;
}

function unfinishedPart(source: string, { code, message }: Pick<Part, 'code' | 'message'>): Part {
  const state = code === 'STALE_READ' ? 'stale' : code === 'RENDER_REFUSED' ? 'refused' : 'unreadable';
  return { source, state, code, message };
}

function refusedPart(source: string): Part {
  const message = `secret ${source} is not accepted by the namespace`;
  return { source, state: 'refused', code: 'NOT_ACCEPTED', message };
}

/** `delivered`: the version of it that stands in the Secret, or stood there. */
function partOf(source: string, status: SourceStatus, delivered: string | undefined): Part[] {
  const part = (state: PartState, code: Code, what: string): Part[] => [
    { source, state, code, message: `secret ${source} ${what}` },
  ];
  switch (status.state) {
    case 'near-expiry':
      return part('near-expiry', 'NEAR_EXPIRY', `expires on ${dateOf(status.version.expires)}`);
    case 'expired':
      return part('expired', 'EXPIRED', `expired on ${dateOf(status.version.expires)}`);
    case 'disabled':
      return part('disabled', 'SOURCE_DISABLED', 'is disabled');
    case 'deleted':
      return delivered === undefined
        ? part('missing', 'SOURCE_MISSING', 'is not in the vault')
        : part('deleted', 'SOURCE_DELETED', 'is deleted');
    case 'not-yet-valid': {
      // A version that got a not-before date after it was delivered waits for nothing.
      if (status.latest.version === delivered) return [];
      const message = `the latest version of secret ${source} waits for ${dateOf(status.latest.notBefore)}`;
      return [{ source, state: 'not-yet-valid', code: 'SCHEDULED', message }];
    }
    case 'valid':
    case 'unreadable':
      return [];
  }
}

/** As a row keeps them: the state of each by name. */
export function partsText(parts: readonly Pick<Part, 'source' | 'state'>[]): string {
  const entries = parts.map(({ source, state }) => [source, state] as const);
  return entries.length === 0
    ? ''
    : JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** As a row told them. What cannot be read is not known. */
export function knownParts(text: string): Pick<Part, 'source' | 'state'>[] {
  // Most rows have none, and there may be a hundred thousand.
  if (text === '') return [];
  try {
    const known = partStates.parse(JSON.parse(text));
    return Object.entries(known).map(([source, state]) => ({ source, state }));
  } catch {
    return [];
  }
}

const KNOWN: Partial<Record<SourceFacts['state'], PartState>> = {
  disabled: 'disabled',
  expired: 'expired',
  'near-expiry': 'near-expiry',
  'not-yet-valid': 'not-yet-valid',
  refused: 'refused',
};

/** The same as a run's listing tells it: for rows of an earlier release, which do not say it. `recorded`: as on the Secret. */
export function partsOfFacts(
  facts: readonly SourceFacts[],
  recorded: string,
): Pick<Part, 'source' | 'state'>[] {
  const { sources } = parseProvenance(recorded);
  return facts.flatMap(({ name, state }) => {
    const known = state === 'deleted' ? (sources.has(name) ? 'deleted' : 'missing') : KNOWN[state];
    return known === undefined ? [] : [{ source: name, state: known }];
  });
}

/** Unix seconds as people write them. */
function dateOf(seconds: number | undefined): string {
  return new Date((seconds ?? 0) * 1000).toISOString().replace('.000', '');
}
