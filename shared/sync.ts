import { deliver, SAFEGUARD_MS } from './deliver/deliver.ts';
import { lookUp, reportLookUp } from './deliver/look-up.ts';
import { failureOf } from './errors.ts';
import { parseEvents, taskOfEvent } from './event/parse.ts';
import { asOne, newTask, type Task } from './event/task.ts';
import { DELIMITER, type SecretRef, type TargetRef } from './names.ts';
import type { Ports, Settings } from './ports.ts';
import type { BackOff } from './retry/back-off.ts';
import { debounced } from './retry/debounce.ts';
import { messageNames, targetOf } from './retry/give-up.ts';
import { holdBack, knownBackOffs, readBackOffs, recordHealth, release } from './retry/hold.ts';
import { companyLines } from './retry/lines.ts';
import { type PushMessage, pushMessage } from './retry/message.ts';
import { misfit, originOf, refuseMessage } from './retry/received.ts';
import { nextOf } from './retry/requeue.ts';
import { postpone, settle } from './retry/settle.ts';
import { settleUnattended } from './retry/unattended.ts';
import type { Target } from './route/targets.ts';
import { causeNames } from './status/log-line.ts';
import type { Outcome } from './status/outcome.ts';
import { secretProblem } from './status/problem.ts';
import { staleForADay, type TargetStatus } from './status/target.ts';
import { allEnded, NEVER, unlessAborted, withDeadline, within } from './time.ts';

/**
 * START HERE. One event of Key Vault, from its arrival to every cluster that wants the secret:
 *
 *   parse     which secret is it about, and is it from a vault of ours            event/
 *   look up   which routes and clusters want that secret                          route/, the registry tables
 *   deliver   observe each target -> read its sources -> render it whole ->
 *             write it on condition of what was observed -> confirm               deliver/, source/, render/, target/
 *   settle    queue what failed, log every outcome, save what people read         retry/, status/
 *
 * An event only says where to look: its version is never written, the latest is always read. So duplicates, reordering and
 * redelivery are harmless, and a retry (queue `push`) is the same work again.
 */

/** Handles one delivery of Event Grid. Rejects only when redelivery can help: the queue took nothing. */
export async function onVaultEvent(body: unknown, ports: Ports, settings: Settings): Promise<void> {
  const since = ports.clock.now();
  const tasks: Task[] = [];
  for (const parsed of parseEvents(body, settings.vaults))
    if (parsed.outcome === 'accepted') tasks.push(taskOfEvent(parsed.event, since));
    else ports.log.line({ code: parsed.code, message: parsed.message, eventId: parsed.id });
  const bySecret = Map.groupBy(tasks, ({ secret: { vault, name } }) => `${vault}/${name}`);
  const handled = [...bySecret].map(([key, same]) => {
    const task = asOne(same);
    return settings.process.admission.admit({
      key,
      tenant: tenantOf(task.secret),
      work: task,
      run: (all) => syncSecret(asOne(all), ports, withoutWait(settings, ports.clock.now() - since)),
      leave: (all) => queueEvent(asOne(all), ports),
    });
  });
  // All of them end before the delivery does: what is left running when it is answered may be cut off.
  await allEnded(handled);
}

/** Of all that wait for a place those of one team take turns with those of the others. */
function tenantOf({ vault, name }: SecretRef): string {
  return `${vault}/${name.split(DELIMITER)[0] ?? ''}`;
}

/** Event Grid's patience began when the event came. */
function withoutWait(settings: Settings, waitedMs: number): Settings {
  return { ...settings, eventBudgetMs: settings.eventBudgetMs - waitedMs };
}

/** An event for which there is no place soon: another process takes it from the queue. Rejects when the queue takes nothing. */
async function queueEvent(task: Task, { queue, log }: Ports): Promise<void> {
  const { secret, cause, eventTimes, since, attempt } = task;
  const names = { vault: secret.vault, secret: secret.name };
  await queue.push({ kind: 'secret', ...names, cause, since, attempt }, 0, NEVER);
  const message = 'the instance is busy: the event goes on as a message of queue push';
  log.line({ code: 'QUEUED', message, ...names, ...causeNames(cause, eventTimes), attempt });
  for (const line of companyLines(task)) log.line(line);
}

/** Handles one message of the queue `push`: the same work as an event's, for one target or for the whole secret. */
export async function onPushMessage(
  body: unknown,
  ports: Ports,
  settings: Settings,
  origin = originOf('push', body),
): Promise<void> {
  const parsed = pushMessage.safeParse(body);
  if (!parsed.success) return refuseMessage(ports, origin, misfit(parsed.error));
  const only = targetOf(parsed.data);
  const row = only && (await knownRow(only, ports));
  if (!isOvertaken(parsed.data, row))
    return syncSecret(taskOf(parsed.data, row, ports.clock.now()), ports, settings);
  const message = 'a later attempt is queued already';
  return ports.log.line({ code: 'SUPERSEDED', message, ...messageNames(parsed.data), ...only });
}

/** What is known of a target; a table that does not answer must not keep it waiting. */
async function knownRow(target: TargetRef, { status, log }: Ports): Promise<TargetStatus | undefined> {
  try {
    return await status.target(target, NEVER);
  } catch (error) {
    log.failure(error);
    return undefined;
  }
}

/** A process that dies between queueing the next attempt and finishing this one leaves both: the older one ends here. */
function isOvertaken({ cause, attempt }: PushMessage, row: TargetStatus | undefined): boolean {
  return row?.state === 'pending' && row.cause === cause && row.attempts > attempt;
}

function taskOf(message: PushMessage, row: TargetStatus | undefined, now: number): Task {
  const { vault, secret, cause, since, attempt } = message;
  // A message that waited for a date says a later moment than now; its own 24 hours begin when it is worked on.
  const task = newTask({ vault, name: secret }, cause, Math.min(since, now));
  return { ...task, attempt, only: targetOf(message), stale: staleForADay(row, now) };
}

/** Of an event's time; the rest is for queueing what did not fit. */
const WORK_SHARE = 0.75;
/** Kept back after everything else, for rows and for what only spares sick clusters. */
const AFTERWARDS_MS = 1500;
const HEALTH_MS = 1000;

/** Brings every target of a secret up to date, or only the task's one. Rejects only when the queue takes nothing. */
export async function syncSecret(task: Task, ports: Ports, settings: Settings): Promise<void> {
  const { clock, log } = ports;
  const started = clock.now();
  const work = withDeadline(clock, settings.eventBudgetMs * WORK_SHARE, NEVER, (signal) =>
    deliverSecret(task, ports, settings, signal),
  );
  // Beside the work: what people read of the secret is nothing that a target waits for.
  const reading = settings.process.status.isProblem(secretProblem(task.secret));
  const [brought, hasProblem] = await Promise.all([work.catch(failureOf), reading]);
  const leftMs = Math.max(1000, started + settings.eventBudgetMs - AFTERWARDS_MS - clock.now());
  if ('code' in brought) return postpone(ports, task, brought, leftMs);
  const { outcomes, backOffs } = brought;
  await settle(ports, task, { outcomes, hasProblem, startedAt: started, leftMs });
  const record = (signal: AbortSignal): Promise<string[]> => recordHealth(ports, outcomes, backOffs, signal);
  const recovered = await within(clock, HEALTH_MS, NEVER, record).catch((error: unknown) => {
    log.failure(error);
    return [];
  });
  if (task.overrides.tryNow) await release(ports, recovered);
}

/** Look up, then deliver; targets of a cluster in back-off wait. Rejects when the registry cannot be read. */
async function deliverSecret(
  task: Task,
  ports: Ports,
  settings: Settings,
  signal: AbortSignal,
): Promise<{ outcomes: Outcome[]; backOffs: ReadonlyMap<string, BackOff> }> {
  const { routing, status } = settings.process;
  const reads = Promise.all([
    lookUp(routing, task, signal),
    readBackOffs({ status, clock: ports.clock }, signal),
  ]);
  const [found, read] = await unlessAborted(signal, reads);
  const backOffs = knownBackOffs(ports, read);
  await settleUnattended(ports, task, reportLookUp(ports, task, found));
  const { prompt, waiting } = debounced(task, found.targets);
  const { free, held } = await unlessAborted(
    signal,
    holdBack(ports, prompt, backOffs, task.overrides.tryNow, signal),
  );
  // Before a Secret is deleted to be made anew: whatever becomes of this process, its target is looked at again.
  const safeguard = (target: Target): Promise<void> => {
    const message = { kind: 'target', ...nextOf(task, 'CONFLICT'), ...target.ref } as const;
    return ports.queue.push(message, SAFEGUARD_MS, signal);
  };
  const delivery = { ...settings, pace: 'event', dryRun: false, safeguard } as const;
  return { outcomes: [...(await deliver(ports, free, delivery, signal)), ...held, ...waiting], backOffs };
}
