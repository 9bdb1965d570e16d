import { z } from 'zod';

/**
 * The life of a removal (DESIGN 5.6), of a key whose source is gone or of a Secret that no route wants:
 *
 *   absent -> seen: a run found the reason -> proven: a later run, at least an hour after, finds it still
 *     -> held, when a run would remove too much: until a person confirms -> due -> carried out
 *
 * The reason is found again at the write (deliver/permission.ts, reconcile/orphan.ts). A push that looks at the sources and
 * does not find it ends the proof.
 */
const seen = z.strictObject({ reason: z.string(), run: z.string(), at: z.number() });

/** Why something is to leave, and when (ms) a run first saw that: by source, or by WHOLE for the Secret itself. */
const proof = z.record(z.string(), seen);

type Proof = z.output<typeof proof>;

/** The Secret itself, not one of its keys; no Key Vault name has a `*`. */
export const WHOLE = '*';

/** The reasons that may be acted upon, by source or WHOLE. */
type Due = ReadonlyMap<string, string>;

const PROVEN_AFTER_MS = 3_600_000;

/** Proof that cannot be read is no proof: it is gathered again. */
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

/** What a run sees of one target: its id, the proof on its row, and the reasons that hold now. */
interface Sighting {
  id: string;
  proof: string;
  reasons: ReadonlyMap<string, string>;
}

/** A run and, when a person confirmed an earlier one's removals, what that run held back. */
interface Judge {
  run: string;
  /** ms since the epoch. */
  now: number;
  confirmed: Confirmed | undefined;
}

/** The removals that a run held back and that a person confirmed. */
export interface Confirmed {
  run: string;
  /** When that run began with the cluster, ms since the epoch. */
  at: number;
  count: number;
}

/** What may leave a cluster in this run, and what a later one may take it from. */
export interface Removals {
  /** Proof of removals in the making that this run changed, by target id. */
  proofs: ReadonlyMap<string, string>;
  /** What may leave, by target id. */
  due: ReadonlyMap<string, Due>;
  /** How many removals were held back for a person to confirm; 0 when none. */
  held: number;
}

export const NO_REMOVALS: Removals = { proofs: new Map(), due: new Map(), held: 0 };

/** `isTooMuch` says whether these many targets at once look like a mistake. */
export function removalsOf(
  sightings: readonly Sighting[],
  judge: Judge,
  isTooMuch: (due: ReadonlyMap<string, Due>) => boolean,
): Removals {
  const proofs = new Map<string, string>();
  const due = new Map<string, Due>();
  const unconfirmed = new Set<string>();
  for (const { id, proof: before, reasons } of sightings) {
    const now = seenAgain(readProof(before), reasons, judge);
    if (writeProof(now) !== before) proofs.set(id, writeProof(now));
    const proven = [...reasons].filter(([name]) => isProven(now, name, judge.run, judge.now));
    if (proven.length > 0) due.set(id, new Map(proven));
    if (proven.some(([name]) => !wasHeld(now, name, judge.confirmed))) unconfirmed.add(id);
  }
  const isConfirmed =
    judge.confirmed !== undefined && unconfirmed.size === 0 && due.size <= judge.confirmed.count;
  if (!isTooMuch(due) || isConfirmed) return { proofs, due, held: 0 };
  return { proofs, due: new Map(), held: due.size };
}

/** The proof with what this run saw: old reasons that still hold keep their date, others go. */
function seenAgain(before: Proof, reasons: ReadonlyMap<string, string>, { run, now }: Judge): Proof {
  return Object.fromEntries(
    [...reasons].map(([name, reason]) => {
      const known = before[name];
      return [name, known?.reason === reason ? known : { reason, run, at: now }];
    }),
  );
}

/** Whether the reason was seen by an earlier run, at least an hour ago. */
function isProven(known: Proof, name: string, run: string, now: number): boolean {
  const one = known[name];
  return one !== undefined && one.run !== run && now - one.at >= PROVEN_AFTER_MS;
}

/** Whether the run that a person confirmed had this removal among those it held back: what was proven later was not. */
function wasHeld(known: Proof, name: string, confirmed: Confirmed | undefined): boolean {
  return confirmed !== undefined && isProven(known, name, confirmed.run, confirmed.at);
}

/** The proof after a push that looked at the sources: a reason it did not find again is gone. `states`: by source. */
export function proofAfterPush(before: string, states: ReadonlyMap<string, string>): string {
  const kept = Object.entries(readProof(before)).filter(([name, { reason }]) => states.get(name) === reason);
  return writeProof(Object.fromEntries(kept));
}

/** More removals than this at once are more likely a mistake than an intention. */
export function areMany(removals: number, managed: number): boolean {
  return removals > 5 && removals > managed * 0.05;
}
