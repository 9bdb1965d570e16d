import type { Ports } from '../ports.ts';
import type { RowUpdate } from '../retry/rows.ts';
import { updateRows } from '../retry/rows.ts';
import type { Target } from '../route/targets.ts';
import type { LogLine } from '../status/log-line.ts';
import { newNotes } from '../status/notes.ts';
import { effectOf, isUnfinished, type Outcome } from '../status/outcome.ts';
import { contradicted, proofOf, recordOf } from '../status/record.ts';
import { newPausedRecord, pausedRecord, resumedRecord, settledState } from '../status/rest.ts';
import { differs, isSettled, refOf, rowId, type TargetStatus } from '../status/target.ts';
import { proofWithin } from '../target/removal.ts';
import { NEVER } from '../time.ts';
import type { Plan } from './plan.ts';
import { type ClusterSnapshot, isSeen } from './snapshot.ts';

/** What is known of one target after a run looked into it: what becomes of its row, and what is new to people. */
export interface Recorded {
  outcome: Outcome;
  update: RowUpdate;
  isNews: boolean;
  /** Of the row as it is then, for the summary; undefined where it stays as it was. */
  brief: Pick<TargetStatus, 'state' | 'code' | 'failingSince' | 'stands' | 'expires'> | undefined;
  notes: readonly LogLine[];
  /** Where its Secret is up to date but for some of its sources: why, as its row says it. */
  degraded: Pick<TargetStatus, 'code' | 'message'> | undefined;
  /** From the run's start until it was done, ms. */
  tookMs: number;
}

/** When a run began to look at a target, and how it was asked to. */
type Looked = { run: string; now: number; lookedAt: number };

/** After a delivery or a refusal. What a push found out of a source outweighs what the run saw in the listing. */
export function recorded(
  outcome: Outcome,
  { rows }: ClusterSnapshot,
  { removals }: Plan,
  looked: Looked & Pick<Recorded, 'tookMs'>,
): Recorded {
  const { ref } = outcome.target;
  const before = rows.get(rowId(ref));
  const proof = removals.proofs.get(rowId(ref)) ?? before?.removal;
  const next = (known: TargetStatus | undefined): TargetStatus | undefined => {
    // Whoever pushed the target meanwhile may have ended the proof of its removal: then theirs holds.
    const isUntouched = (known?.removal ?? '') === (before?.removal ?? '');
    return nextRow(outcome, known, isUntouched ? proof : known?.removal, looked);
  };
  const row = next(before);
  const isNews = row !== undefined && differs(before, row);
  const notes = isNews ? newNotes(outcome, before) : [];
  const brief = row && briefly(row);
  const degraded = row?.state === 'degraded' ? { code: row.code, message: row.message } : undefined;
  return { outcome, update: { ref, before, next }, isNews, brief, notes, degraded, tookMs: looked.tookMs };
}

/** Many are held at once. */
function briefly({ state, code, failingSince, stands, expires }: TargetStatus): Recorded['brief'] {
  return { state, code, failingSince, stands, expires };
}

function nextRow(
  outcome: Outcome,
  before: TargetStatus | undefined,
  proof: string | undefined,
  { run, now, lookedAt }: Looked,
): TargetStatus | undefined {
  const row = recordOf(outcome, before, { cause: run, attempt: 1, now, lookedAt, nextRetry: 0 });
  if (row === undefined) return before && endedProof(outcome, before, proof);
  const isSame = before?.fingerprint === row.fingerprint && before.uid === row.uid;
  const confirmed = isSame && before.readAt > 0 && row.readAt > before.readAt && !isUnfinished(outcome);
  return { ...row, confirmed, removal: hasRemoved(outcome) ? '' : proofOf(outcome, proof) };
}

/** The row of a target that somebody looked at later: this look still ends the proof of what it saw removed, or found again. */
function endedProof(outcome: Outcome, before: TargetStatus, proof = ''): TargetStatus | undefined {
  const removal = hasRemoved(outcome) ? '' : proofWithin(before.removal, proof);
  const kept = { ...before, removal };
  return contradicted(outcome, kept) ?? (removal === before.removal ? undefined : kept);
}

function hasRemoved(outcome: Outcome): boolean {
  const removed = effectOf(outcome)?.removed ?? [];
  return removed.length > 0 || outcome.kind === 'removed';
}

/**
 * A namespace that could not be listed says nothing of the targets in it: what was settled there still counts when
 * it answers again, so that a hiccup does not make a run read every value anew.
 */
export function keepsRow({ outcome, update: { before } }: Recorded, { unlisted }: ClusterSnapshot): boolean {
  const isUnlisted = unlisted.get(outcome.target.ref.namespace)?.code === outcome.code;
  return isUnlisted && before !== undefined && isSettled(before);
}

/** Rows of paused targets for which nothing waits any more, and of others of which only a proof changed. */
export function updatesBesides(
  snapshot: ClusterSnapshot,
  plan: Plan,
  lookedInto: ReadonlySet<string>,
  looked: Looked,
): RowUpdate[] {
  const { paused, renewed, resumed } = plan;
  const { proofs } = plan.removals;
  // Rows of orphans tell of them by what became of them.
  const settled = new Set([...lookedInto, ...plan.orphans.map(rowId)]);
  const pausing = new Set(paused.map(({ ref }) => rowId(ref)));
  const resuming = [...resumed].filter((id) => snapshot.rows.get(id)?.state === 'paused');
  const touched = new Set([...proofs.keys(), ...pausing, ...renewed.keys(), ...resuming]);
  return [
    ...paused.flatMap((target) => newlyPaused(target, snapshot, proofs, looked)),
    ...[...touched]
      .filter((id) => !settled.has(id))
      .flatMap((id) => {
        const pause = pausing.has(id) ? 'begins' : resumed.has(id) ? 'ends' : undefined;
        return untouchedUpdate(snapshot.rows.get(id), pause, plan, looked);
      }),
  ];
}

/** What a paused route claims has a row as well, though nobody looks into it: the table may have been lost. */
function newlyPaused(
  target: Target,
  snapshot: ClusterSnapshot,
  proofs: Plan['removals']['proofs'],
  { lookedAt }: Looked,
): RowUpdate[] {
  const { ref } = target;
  const id = rowId(ref);
  if (snapshot.rows.has(id)) return [];
  const listed = isSeen(snapshot, ref.namespace) ? { secret: snapshot.live.get(id) } : 'unlisted';
  const row = { ...newPausedRecord(target, listed, lookedAt), removal: proofs.get(id) ?? '' };
  return [{ ref, before: undefined, next: (before) => (before === undefined ? row : undefined) }];
}

/** What changes of a row although nobody looked into its target. */
function untouchedUpdate(
  row: TargetStatus | undefined,
  pause: Pause,
  { removals: { proofs }, renewed }: Plan,
  { lookedAt }: Looked,
): RowUpdate[] {
  if (row === undefined) return [];
  const proof = proofs.get(row.id);
  const lacking = renewed.get(row.id);
  const next = (before: TargetStatus | undefined): TargetStatus | undefined => {
    if (before === undefined) return undefined;
    const rested = { ...pauseOf(before, pause, lookedAt) };
    const isUntouched = before.removal === row.removal && before.fingerprint === row.fingerprint;
    if (!isUntouched) return rested;
    const told = { ...rested, ...lacking };
    const state = lacking === undefined || !isSettled(told) ? {} : settledState(told);
    return { ...told, ...state, removal: proof ?? rested.removal };
  };
  return [{ ref: refOf(row), before: row, next }];
}

type Pause = 'begins' | 'ends' | undefined;

function pauseOf(before: TargetStatus, pause: Pause, lookedAt: number): TargetStatus {
  if (pause === 'begins') return pausedRecord(before, 'the route is paused', lookedAt) ?? before;
  if (pause === 'ends') return resumedRecord(before, lookedAt) ?? before;
  return before;
}

/** Rows that a table does not take are written by the next run. */
export async function saveUpdates(
  ports: Pick<Ports, 'status'>,
  updates: readonly RowUpdate[],
): Promise<void> {
  if (updates.length > 0) await updateRows(ports, updates, NEVER);
}

const FORGOTTEN_AT_ONCE = 100;

/** Rows of targets that are no more: what a table does not take now is forgotten by a later run, and stops nothing. */
export async function forgetRows(
  { status, log }: Pick<Ports, 'status' | 'log'>,
  rows: readonly TargetStatus[],
): Promise<void> {
  try {
    for (let start = 0; start < rows.length; start += FORGOTTEN_AT_ONCE)
      await status.forgetTargets(rows.slice(start, start + FORGOTTEN_AT_ONCE), NEVER);
  } catch (error) {
    log.failure(error);
  }
}

/** Ids of targets that a run looked into. */
export function idsOf(targets: readonly { outcome: { target: Pick<Target, 'ref'> } }[]): Set<string> {
  return new Set(targets.map(({ outcome }) => rowId(outcome.target.ref)));
}
