import { z } from 'zod';
import type { Host } from '../app.ts';
import type { RegisteredFunction, TypedData } from '../worker/core.ts';
import { acquireLease } from './lock.ts';
import type { Lease } from './lock.ts';
import { parseSchedule } from './ncrontab.ts';
import type { Schedule } from './ncrontab.ts';
import { queueClient } from '../queue/outputs.ts';
import { pause } from '../pause.ts';

const statusSchema = z.object({
  last: z.string(),
  next: z.string(),
  lastUpdated: z.string(),
  schedule: z.string(),
});
type Status = z.infer<typeof statusSchema>;

/** .NET's empty date: what a schedule that never ran has in `last`. */
const NEVER = '0001-01-01T00:00:00+00:00';
/** Longest sleep of one step; Node's timers take 24 days at most. */
const STEP_MS = 60 * 60 * 1000;
const MONITORED_FROM_MS = 60_000;

interface Timer {
  host: Host;
  fn: RegisteredFunction;
  text: string;
  schedule: Schedule;
  /** False when it comes round more than once a minute: the real host then keeps no status and knows no past due. */
  monitored: boolean;
}

function isMonitored({ trigger }: RegisteredFunction, schedule: Schedule): boolean {
  const first = schedule(new Date());
  const second = first && schedule(first);
  if (trigger['useMonitor'] === false || !first || !second) return false;
  return second.getTime() - first.getTime() >= MONITORED_FROM_MS;
}

/** What the handler gets; `next` is the occurrence that is being run, as in the real host. */
export function timerInfo(status: Status | undefined, isPastDue: boolean): TypedData {
  const { last, next, lastUpdated } = status ?? {};
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: status ? { Last: last, Next: next, LastUpdated: lastUpdated } : null,
      IsPastDue: isPastDue,
    }),
  };
}

function statusAfter(timer: Timer, time: Date, previous?: Status): Status {
  const next = timer.schedule(time);
  return {
    last: previous ? time.toISOString() : NEVER,
    lastUpdated: previous ? time.toISOString() : NEVER,
    next: next?.toISOString() ?? NEVER,
    schedule: timer.text,
  };
}

/** The status that the last holder stored, unless the schedule has changed since. */
function storedStatus({ text }: Timer, lease: Lease): Status | undefined {
  const { data } = statusSchema.safeParse(JSON.parse(lease.text));
  return data?.schedule === text ? data : undefined;
}

async function run({ host, fn, monitored }: Timer, status: Status, isPastDue: boolean): Promise<void> {
  await host.execute(fn, timerInfo(monitored ? status : undefined, isPastDue)).catch(() => undefined);
}

/** Milliseconds; infinite when there is no occurrence any more. */
const untilDue = (next: string): number =>
  next === NEVER ? Number.POSITIVE_INFINITY : Date.parse(next) - Date.now();

async function waitUntil(next: string, signal: AbortSignal): Promise<void> {
  for (let left = untilDue(next); left > 0 && !signal.aborted; left = untilDue(next)) {
    await pause(Math.min(left, STEP_MS), signal);
  }
}

/** Runs the occurrences one after the other while the lease lasts. */
async function keepTime(timer: Timer, lease: Lease, stop: AbortSignal): Promise<void> {
  const ended = AbortSignal.any([stop, lease.lost]);
  const stored = timer.monitored ? storedStatus(timer, lease) : undefined;
  let status = stored ?? statusAfter(timer, new Date());
  if (!stored) await lease.save(JSON.stringify(status));
  let isPastDue = stored !== undefined && untilDue(stored.next) < 0;
  let atOnce = isPastDue || timer.fn.trigger['runOnStartup'] === true;
  while (!ended.aborted) {
    if (!atOnce) await waitUntil(status.next, ended);
    // Asked again before every run: a host that was suspended does not know yet that another one took over.
    if (ended.aborted || !(await lease.save(JSON.stringify(status)))) return;
    const started = new Date();
    await run(timer, status, isPastDue);
    status = statusAfter(timer, started, status);
    await lease.save(JSON.stringify(status));
    isPastDue = atOnce = false;
  }
}

function leaseQueue({ env }: Host, fn: RegisteredFunction): ReturnType<typeof queueClient> {
  const queueName = `azure-webjobs-timers-${fn.name}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63);
  return queueClient({ type: 'queue', name: fn.name, queueName }, env);
}

/** Keeps a timer's schedule, one host at a time, until the signal; a run that has begun is finished. */
export async function keepSchedule(host: Host, fn: RegisteredFunction, stop: AbortSignal): Promise<void> {
  const text = String(fn.trigger['schedule']);
  const schedule = parseSchedule(text);
  const timer: Timer = { host, fn, text, schedule, monitored: isMonitored(fn, schedule) };
  while (!stop.aborted) {
    const lease = await acquireLease(leaseQueue(host, fn), stop);
    if (!lease) return;
    await keepTime(timer, lease, stop);
    await lease.release();
  }
}
