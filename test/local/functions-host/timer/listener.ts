import type { Instance } from '../groups/instance.ts';
import { logLine } from '../log.ts';
import { pause } from '../pause.ts';
import type { IndexedFunction } from '../worker/messages.ts';
import { acquireLock } from './lock.ts';
import type { Lock } from './lock.ts';
import { parseSchedule } from './ncrontab.ts';
import type { Schedule } from './ncrontab.ts';
import { NEVER, storedStatus, storeStatus, timerInfo, timerQueue } from './status.ts';
import type { TimerStatus } from './status.ts';

/** Longest sleep of one step; Node's timers take 24 days at most. */
const STEP_MS = 60 * 60 * 1000;
const MONITORED_FROM_MS = 60_000;

interface Timer {
  instance: Instance;
  fn: IndexedFunction;
  text: string;
  schedule: Schedule;
  /** False when it comes round more than once a minute: the real host then keeps no status and knows no past due. */
  monitored: boolean;
}

function isMonitored({ trigger }: IndexedFunction, schedule: Schedule): boolean {
  const first = schedule(new Date());
  const second = first && schedule(first);
  if (trigger['useMonitor'] === false || !first || !second) return false;
  return second.getTime() - first.getTime() >= MONITORED_FROM_MS;
}

function statusAfter(timer: Timer, time: Date, previous?: TimerStatus): TimerStatus {
  const next = timer.schedule(time);
  return {
    last: previous ? time.toISOString() : NEVER,
    lastUpdated: previous ? time.toISOString() : NEVER,
    next: next?.toISOString() ?? NEVER,
    schedule: timer.text,
  };
}

/** The status that the last holder stored, unless the schedule has changed since. */
async function knownStatus({ fn, text, monitored, instance }: Timer): Promise<TimerStatus | undefined> {
  const status = monitored ? await storedStatus(fn, instance.env) : undefined;
  return status?.schedule === text ? status : undefined;
}

/** A storage that is away costs the memory of one occurrence, not the timer. */
async function save({ fn, monitored, instance }: Timer, status: TimerStatus): Promise<void> {
  if (!monitored) return;
  await storeStatus(fn, instance.env, status).catch(() =>
    logLine(`the status of timer ${fn.name} is not stored`),
  );
}

async function run({ instance, fn, monitored }: Timer, status: TimerStatus, isPastDue: boolean) {
  await instance.execute(fn, timerInfo(monitored ? status : undefined, isPastDue)).catch(() => undefined);
}

/** Milliseconds; infinite when there is no occurrence any more. */
const untilDue = (next: string): number =>
  next === NEVER ? Number.POSITIVE_INFINITY : Date.parse(next) - Date.now();

async function waitUntil(next: string, signal: AbortSignal): Promise<void> {
  for (let left = untilDue(next); left > 0 && !signal.aborted; left = untilDue(next)) {
    await pause(Math.min(left, STEP_MS), signal);
  }
}

/** Runs the occurrences one after the other while the lock lasts: what became due during a run, runs once after it. */
async function keepTime(timer: Timer, lock: Lock, stop: AbortSignal): Promise<void> {
  const ended = AbortSignal.any([stop, lock.lost]);
  const stored = await knownStatus(timer);
  let status = stored ?? statusAfter(timer, new Date());
  if (!stored) await save(timer, status);
  let isPastDue = stored !== undefined && untilDue(stored.next) < 0;
  let atOnce = isPastDue || timer.fn.trigger['runOnStartup'] === true;
  while (!ended.aborted) {
    if (!atOnce) await waitUntil(status.next, ended);
    // Asked again before every run: a host that was suspended does not know yet that another one took over.
    if (ended.aborted || !(await lock.confirm())) return;
    const started = new Date();
    await run(timer, status, isPastDue);
    if (timer.instance.over.aborted) return;
    status = statusAfter(timer, started, status);
    await save(timer, status);
    isPastDue = atOnce = false;
  }
}

/** Keeps a timer's schedule, one host at a time, until the signal; a run that has begun is finished. */
export async function keepSchedule(
  instance: Instance,
  fn: IndexedFunction,
  stop: AbortSignal,
): Promise<void> {
  const text = String(fn.trigger['schedule']);
  const schedule = parseSchedule(text);
  const timer: Timer = { instance, fn, text, schedule, monitored: isMonitored(fn, schedule) };
  const options = { name: fn.name, lockMs: instance.knobs.timerLockMs };
  while (!stop.aborted) {
    const lock = await acquireLock(timerQueue(fn, instance.env), options, stop);
    if (!lock) return;
    await keepTime(timer, lock, stop);
    lock.leave();
  }
}
