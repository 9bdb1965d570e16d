import { run } from '../world/intake.ts';
import type { Model } from '../world/model.ts';
import { drain, pass } from '../world/move.ts';
import { latestOf } from '../world/history.ts';
import type { Court } from './court.ts';
import { LATE_MS } from './dates.ts';
import { aboutOf, pushMessages } from './messages.ts';
import {
  type Check,
  failing,
  isAnyPatient,
  isLookedInto,
  isRid,
  isUpToDate,
  isWholeIfThere,
  mayLeave,
  type Standing,
  standings,
} from './reference.ts';
import { judgeRows } from './rows.ts';
import type { Rule } from './rules.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What a restore took back is written after a day, at the next look. */
const PATIENCE_MS = 25 * HOUR_MS;
/** More than this at once is held back. */
const MOST_REMOVALS = 5;

async function quietRun(model: Model): Promise<void> {
  await run(model, 0);
  await drain(model, 10 * MINUTE_MS);
  if (!hasDateOfLate(model)) return;
  // A version whose date has come this minute is about to be written: clocks differ, and some dates wait for the next run.
  await drain(model, LATE_MS);
  await run(model, 0);
  await drain(model, 10 * MINUTE_MS);
}

function hasDateOfLate({ universe: { history, time } }: Model): boolean {
  return [...history.now.vault.keys()].some((source) => {
    const dueMs = (latestOf(history.now, source)?.nbf ?? 0) * 1000;
    return dueMs <= time.now() && dueMs + LATE_MS > time.now();
  });
}

function judge({ universe }: Model, court: Court, rule: Rule, check: Check, patienceMs = Infinity): void {
  const { behindMs } = court.bench;
  for (const { place, what } of failing(standings(universe, { behindMs, patienceMs }), check))
    court.accuse(rule, what, [place]);
}

/** Events and their messages have had their time, and no run was started. */
export async function judgeTold(model: Model, court: Court): Promise<void> {
  await drain(model, 26 * HOUR_MS);
  const isLate = ({ namespace, name }: Standing): boolean =>
    [...court.lateRetries].some((secret) => secret === '' || secret.startsWith(`${namespace}--${name}--`));
  if (model.poisoned === 0)
    judge(model, court, 'events', (target) => (isLate(target) ? [] : isWholeIfThere(target)));
  judgeLeft(model, court);
}

/** What a few quiet runs leave wrong, or still do when nothing is left to be done. */
export async function judgeQuiet(model: Model, court: Court): Promise<void> {
  await pass(model, 40 * MINUTE_MS);
  await quietRun(model);
  await pass(model, 11 * MINUTE_MS);
  await quietRun(model);
  judge(model, court, 'delivered', isUpToDate);
  await court.rest();
  for (let count = 0; count < 3; count += 1) {
    await pass(model, HOUR_MS + MINUTE_MS);
    await quietRun(model);
  }
  judge(model, court, 'delivered', isUpToDate);
  judgeLeavings(model, court);
  // Whatever was stale is written after a day, and what waits for tomorrow is valid.
  await pass(model, 25 * HOUR_MS);
  for (let count = 0; count < 3; count += 1) {
    await quietRun(model);
    await pass(model, HOUR_MS + MINUTE_MS);
  }
  await judgeSteady(model, court);
}

function judgeLeavings({ universe }: Model, court: Court): void {
  const { behindMs } = court.bench;
  const targets = standings(universe, { behindMs });
  for (const cluster of universe.fleet.clusters) {
    const mine = targets.filter((one) => one.cluster === cluster);
    // A run judges the whole cluster, what it may not write to included.
    if (mine.filter(mayLeave).length > MOST_REMOVALS) continue;
    const open = mine.filter((one) => isLookedInto(universe, one));
    for (const { place, what } of failing(open, isRid)) court.accuse('rid', what, [place]);
  }
}

async function judgeSteady(model: Model, court: Court): Promise<void> {
  const { universe } = model;
  judge(model, court, 'delivered', isUpToDate, PATIENCE_MS);
  const held = new Set(court.bench.held);
  const judging = {
    behindMs: court.bench.behindMs,
    patienceMs: PATIENCE_MS,
    held,
    isPoisoned: model.poisoned > 0,
  };
  await judgeRows(universe, judging, court.accuse);
  // What a restore took back a little ago is looked at until its day is over.
  const view = { behindMs: court.bench.behindMs, patienceMs: PATIENCE_MS };
  if (standings(universe, view).some(isAnyPatient)) return;
  judgeLeft(model, court);
  court.noise.length = 0;
  await quietRun(model);
  for (const call of court.noise) court.accuse('steady', call, []);
}

/** When all is well, no message is left but those that wait for a date. */
function judgeLeft({ universe }: Model, court: Court): void {
  for (const { message } of pushMessages(universe))
    if (!message.cause.startsWith('nbf:')) {
      const what = aboutOf(message);
      court.accuse('messages', `attempt ${message.attempt} at ${what} still waits when all is well`, [what]);
    }
}
