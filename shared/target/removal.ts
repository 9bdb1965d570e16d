import { z } from 'zod';
import type { Leaving, Target } from '../route/targets.ts';
import { FATE_OPTION } from '../source/contribution.ts';
import { recordedSources, ROUTE_ANNOTATION, SOURCES_ANNOTATION } from './ownership.ts';
import type { SecretMetadata } from './secret.ts';

/**
 * The life of a removal (DESIGN 5.6), of a key whose source is gone or of a Secret that no route wants:
 *
 *   absent -> seen: a run found the reason -> proven: every look since then found it, and it is an hour old
 *     -> held, when a run would remove too much: until a person confirms -> due -> carried out
 *
 * A proof is bound to what it speaks of: the Secret's uid, and the recorded entry of the source (for a whole Secret its
 * route and all its sources). Any look that finds another uid, another entry or no reason ends it, whatever it was made for.
 * The reason, the entry and the proof are found once more at the write (deliver/sync-target.ts, reconcile/orphan.ts).
 */
const seen = z.strictObject({
  reason: z.string(),
  /** The uid of the Secret and what is recorded on it: a proof of something else is none. */
  bound: z.string(),
  /** The first run that saw it, and when (ms). */
  run: z.string(),
  at: z.number(),
  /** It was due and tried, and something kept it that a person must change: it is not tried again before that. */
  tried: z.literal(true).optional(),
});

/** By source, or by WHOLE for the Secret itself. */
const proof = z.record(z.string(), seen);

type Proof = z.output<typeof proof>;

/** The Secret itself, not one of its keys; no Key Vault name has a `*`. */
export const WHOLE = '*';

const PROVEN_AFTER_MS = 3_600_000;

/** Proof that cannot be read, such as that of an older release, is no proof: it is gathered again. */
function readProof(text: string): Proof {
  if (text === '') return {};
  try {
    return proof.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function writeProof(known: Proof): string {
  return Object.keys(known).length === 0 ? '' : JSON.stringify(known);
}

/** Why something is to leave, and what that is said of: the entry, and of a key also when its source last changed. */
interface Reason extends Omit<Leaving, 'since'> {
  bound: string;
  /** Else it leaves with the next write, and nothing is written for it alone. */
  isAccepted: boolean;
}

/** What is recorded of a source on this very Secret, as the proof of its key's removal speaks of it; undefined: nothing is. */
export function entryOf(
  secret: SecretMetadata | undefined,
  { vault, name }: { vault: string; name: string },
): string | undefined {
  const delivered = recordedSources(secret, vault).get(name);
  return delivered && `${secret?.uid} ${vault}/${name}@${delivered.version}`;
}

/** The same of a whole Secret: its route and all its sources. */
export function wholeEntryOf({ uid, annotations }: SecretMetadata): string {
  return `${uid} ${annotations[ROUTE_ANNOTATION] ?? ''} ${annotations[SOURCES_ANNOTATION] ?? ''}`;
}

/** What a run sees of one target: its id, the proof on its row, and the reasons that hold now, by source or WHOLE. */
interface Sighting {
  id: string;
  proof: string;
  reasons: ReadonlyMap<string, Reason>;
  /** Whether this run may act on it; what it only looks at counts for the proof and for the hold all the same. */
  inScope: boolean;
}

/** A run and, when a person confirmed an earlier one's removals, what that run held back. */
interface Judge {
  run: string;
  /** ms since the epoch. */
  now: number;
  confirmed: Confirmed | undefined;
}

/** A run whose removals were held back, and that a person confirmed. */
interface Confirmed {
  run: string;
  /** When that run began with the cluster, ms since the epoch. */
  startedAt: number;
  /** By code: of how many targets it held something back. */
  counts: Readonly<Partial<Record<'REMOVAL_HELD', number>>>;
}

/** What may be acted upon, by source or WHOLE. */
type Due = ReadonlyMap<string, Leaving>;

/** What may leave a cluster in this run, and what a later one may take it from. */
export interface Removals {
  /** Proofs that this run changed, by target id. */
  proofs: ReadonlyMap<string, string>;
  /** What may leave, by target id. */
  due: ReadonlyMap<string, Due>;
  /** Ids of targets of which all that may leave was tried and stayed, or is not accepted: they wait for a change. */
  tried: ReadonlySet<string>;
  /** Ids of targets of which something was held back for a person to confirm. */
  held: ReadonlySet<string>;
}

export const NO_REMOVALS: Removals = {
  proofs: new Map(),
  due: new Map(),
  tried: new Set(),
  held: new Set(),
};

/**
 * Judged over the whole cluster, whatever the scope of the run. `isTooMuch` says whether these many targets at once look
 * like a mistake.
 */
export function removalsOf(
  sightings: readonly Sighting[],
  judge: Judge,
  isTooMuch: (due: Removals['due']) => boolean,
): Removals {
  const proofs = new Map<string, string>();
  const due = new Map<string, Due>();
  const [tried, unconfirmed] = [new Set<string>(), new Set<string>()];
  for (const { id, proof: before, reasons } of sightings.filter(tellsOfOne)) {
    const now = seenAgain(readProof(before), reasons, judge);
    if (writeProof(now) !== before) proofs.set(id, writeProof(now));
    const proven = [...reasons].filter(([name]) => isProven(now, name, judge.run, judge.now));
    if (proven.length === 0) continue;
    due.set(id, new Map(proven.map(([name, reason]) => [name, { ...reason, since: now[name]?.at ?? 0 }])));
    if (proven.every(([name, { isAccepted }]) => !isAccepted || now[name]?.tried === true)) tried.add(id);
    if (proven.some(([name]) => !wasHeld(now, name, judge.confirmed))) unconfirmed.add(id);
  }
  const isConfirmed = unconfirmed.size === 0 && mayGo(due.size, judge);
  if (isTooMuch(due) && !isConfirmed) return { ...NO_REMOVALS, proofs, held: new Set(due.keys()) };
  const scope = new Set(sightings.filter((one) => one.inScope).map(({ id }) => id));
  return { ...NO_REMOVALS, proofs, due: new Map([...due].filter(([id]) => scope.has(id))), tried };
}

/** No more than a person confirmed. */
function mayGo(due: number, { confirmed }: Judge): boolean {
  return confirmed !== undefined && due <= (confirmed.counts.REMOVAL_HELD ?? 0);
}

/** Of nearly all targets nothing leaves, and nothing was about to. */
const tellsOfOne = ({ proof: before, reasons }: Sighting): boolean => before !== '' || reasons.size > 0;

/** The proof with what this run saw: old reasons that still hold of the same thing keep their date, others go. */
function seenAgain(before: Proof, reasons: Sighting['reasons'], { run, now }: Judge): Proof {
  return Object.fromEntries(
    [...reasons].map(([name, { reason, bound }]) => {
      const known = before[name];
      const isSame = known?.reason === reason && known.bound === bound;
      return [name, isSame ? known : { reason, bound, run, at: now }];
    }),
  );
}

/** Whether the reason was seen by an earlier run, at least an hour ago. */
function isProven(known: Proof, name: string, run: string, now: number): boolean {
  const one = known[name];
  return one !== undefined && one.run !== run && now - one.at >= PROVEN_AFTER_MS;
}

/** Whether the proof that stands by now is still that one: a look that found something else has ended it, whoever looked. */
export function isStillProven(text: string, name: string, { reason, since }: Leaving): boolean {
  const one = readProof(text)[name];
  return one?.reason === reason && one.at === since;
}

/** Whether the run that a person confirmed had this removal among those it held back: what was proven later was not. */
function wasHeld(known: Proof, name: string, confirmed: Confirmed | undefined): boolean {
  return confirmed !== undefined && isProven(known, name, confirmed.run, confirmed.startedAt);
}

/**
 * The proof after a push that looked at the sources: a reason it did not find again is gone. `states`: by source; `tried`: the
 * sources that were to leave and stayed, although nothing failed.
 */
export function proofAfterPush(
  before: string,
  states: ReadonlyMap<string, string>,
  tried: ReadonlySet<string> = new Set(),
): string {
  const kept = Object.entries(readProof(before)).filter(([name, { reason }]) => states.get(name) === reason);
  return writeProof(
    Object.fromEntries(kept.map(([name, one]) => [name, tried.has(name) ? { ...one, tried: true } : one])),
  );
}

/** The proof without what another look at the same target no longer knows of. */
export function proofWithin(before: string, other: string): string {
  const known = readProof(other);
  return writeProof(
    Object.fromEntries(Object.entries(readProof(before)).filter(([name]) => Object.hasOwn(known, name))),
  );
}

/** The proof after a look that only found a route claiming the Secret: it is no orphan, its sources were not looked at. */
export function proofOfClaimed(before: string): string {
  const { [WHOLE]: _whole, ...kept } = readProof(before);
  return writeProof(kept);
}

/** More removals than this at once are more likely a mistake than an intention. */
export function areMany(removals: number, managed: number): boolean {
  return removals > 5 && removals > managed * 0.05;
}

/** Whether anything of a target is ever removed because its source or its route is gone. */
export function mayRemove({ route, cluster }: Pick<Target, 'route' | 'cluster'>): boolean {
  const fates = Object.values(FATE_OPTION).map((option) => route.spec[option]);
  return cluster.spec.orphans === 'remove' || fates.includes('remove');
}
