import { holdBack, recordHealth } from './retry/hold.ts';
import { deliver } from './deliver/deliver.ts';
import { EVENT_PACE, type Result, type Work } from './deliver/result.ts';
import { failureOf } from './errors.ts';
import { parseEvents, type SecretEvent, type Vaults } from './event/parse.ts';
import { lookUp } from './deliver/look-up.ts';
import { targetId } from './names.ts';
import type { Ports } from './ports.ts';
import type { BackOff } from './retry/back-off.ts';
import type { LogLine } from './status/log-line.ts';
import { claimsOf } from './route/targets.ts';
import { reportRouting } from './deliver/routing-report.ts';
import { type Job, postpone, settle } from './retry/settle.ts';
import { unlessAborted, withDeadline, within } from './time.ts';

/**
 * START HERE. One event of Key Vault, from its arrival to every cluster that wants the secret:
 *
 *   parse     which secret is it about, and is it from a vault of ours            event/
 *   look up   which routes and clusters want that secret                          route/, the registry tables
 *   deliver   observe each target -> read its sources -> render it whole ->
 *             write it on condition of what was observed -> confirm               deliver/, read/, render/, push/
 *   settle    queue what failed, log every outcome, save what people read         settle.ts
 *
 * An event only says where to look: its version is never used, the latest is always read. So duplicates, reordering and
 * redelivery are harmless, and a retry (queue `push`) is the same work again.
 */
export interface Settings {
  vaults: Vaults;
  /** This deployment's name, on every Secret it owns. */
  instance: string;
  /** Targets worked on at once. */
  concurrency: number;
  /** An event is acknowledged within this time: what is not done by then goes to the queue. */
  eventBudgetMs: number;
}

/** Of the budget; the rest is for queueing what did not fit. */
const WORK_SHARE = 0.75;
/** Kept back after everything else, for rows and for what only spares sick clusters. */
const AFTERWARDS_MS = 1500;
const HEALTH_MS = 1000;
const NEVER = new AbortController().signal;

/** Handles one delivery of Event Grid. Rejects only when redelivery can help: the queue took nothing. */
export async function onVaultEvent(body: unknown, ports: Ports, settings: Settings): Promise<void> {
  const since = ports.clock.now();
  const begun = new Set<string>();
  const handled = parseEvents(body, settings.vaults).map(async (parsed) => {
    if (parsed.outcome === 'refused')
      return ports.log.outcome({ code: parsed.code, message: parsed.message, eventId: parsed.id });
    const { id, secret } = parsed.event;
    const key = `${secret.vault}/${secret.name}`;
    if (begun.has(key)) return ports.log.outcome(toldTwice(parsed.event));
    begun.add(key);
    return pushSecret({ secret, cause: id === '' ? 'event' : id, since, attempt: 1 }, ports, settings);
  });
  // All of them end before the delivery does: what is left running when it is answered may be cut off.
  const ended = await Promise.allSettled(handled);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Such as the two events of one certificate; the latest version is read anyway. */
function toldTwice({ id, secret }: SecretEvent): LogLine {
  const message = 'another event of this delivery is about the same secret';
  return { code: 'SUPERSEDED', message, vault: secret.vault, secret: secret.name, eventId: id };
}

/** Brings every target of a secret up to date, or only the job's one. Rejects only when the queue takes nothing. */
export async function pushSecret(job: Job, ports: Ports, settings: Settings): Promise<void> {
  const started = ports.clock.now();
  const workMs = settings.eventBudgetMs * WORK_SHARE;
  const brought = await withDeadline(ports.clock, workMs, NEVER, (signal) =>
    bring(job, ports, settings, signal),
  ).catch(failureOf);
  const leftMs = Math.max(1000, started + settings.eventBudgetMs - AFTERWARDS_MS - ports.clock.now());
  if ('code' in brought) return postpone(ports, job, brought.code, brought.message, leftMs);
  await settle(ports, job, brought.results, leftMs);
  const { results, backOffs } = brought;
  await within(ports.clock, HEALTH_MS, NEVER, (signal) =>
    recordHealth(ports, results, backOffs, signal),
  ).catch((error: unknown) => ports.log.note(failureOf(error).code, failureOf(error).message));
}

async function bring(
  job: Job,
  ports: Ports,
  settings: Settings,
  signal: AbortSignal,
): Promise<{ results: Result[]; backOffs: ReadonlyMap<string, BackOff> }> {
  const { only } = job;
  const { routes, clusters, backOffs } = await unlessAborted(signal, lookUp(ports, job.secret, signal));
  const { claims, unplaced } = claimsOf(job.secret, routes.rows, clusters.rows);
  const wanted = claims.filter((claim) => only === undefined || targetId(claim.target) === targetId(only));
  reportRouting(ports, job, wanted, unplaced, [...routes.bad, ...clusters.bad]);
  const works = wanted.map((claim): Work => ({ claim, source: job.secret.name }));
  const { free, held } = await unlessAborted(signal, holdBack(ports, works, backOffs, signal));
  const terms = {
    ...settings,
    pace: EVENT_PACE,
    acceptOlder: job.acceptOlder === true,
    removalProven: () => job.removeNow === true,
  };
  return { results: [...(await deliver(ports, free, terms, signal)), ...held], backOffs };
}
