import { announceProbes, holdBack, recordHealth } from './circuits.ts';
import { deliver } from './deliver/deliver.ts';
import { EVENT_PACE, type Result, type Work } from './deliver/result.ts';
import { failureOf } from './errors.ts';
import { parseEvents, type Vaults } from './event/parse.ts';
import { lookUp } from './look-up.ts';
import { targetId, type TargetRef } from './names.ts';
import type { Ports } from './ports.ts';
import type { Circuit } from './report/circuit.ts';
import { claimsOf } from './route/claims.ts';
import { reportRouting } from './routing-report.ts';
import { type Job, postpone, settle } from './settle.ts';
import { unlessAborted, withDeadline } from './time.ts';

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

/** Kept back from the budget for queueing what did not fit. */
const QUEUEING_MS = 4000;
const NEVER = new AbortController().signal;

/** Handles one delivery of Event Grid. Rejects only when redelivery can help: the queue took nothing. */
export async function onVaultEvent(body: unknown, ports: Ports, settings: Settings): Promise<void> {
  const since = ports.clock.now();
  const handled = parseEvents(body, settings.vaults).map(async (parsed) => {
    if (parsed.outcome === 'refused')
      return ports.log.outcome({ code: parsed.code, message: parsed.message, eventId: parsed.id });
    const { id, secret } = parsed.event;
    return pushSecret(
      { secret, cause: id === '' ? 'event' : id, since, attempt: 1 },
      undefined,
      ports,
      settings,
    );
  });
  await Promise.all(handled);
}

/** Brings every target of a secret up to date, or only one of them. Rejects only when the queue takes nothing. */
export async function pushSecret(
  job: Job,
  only: TargetRef | undefined,
  ports: Ports,
  settings: Settings,
): Promise<void> {
  const started = ports.clock.now();
  const workMs = settings.eventBudgetMs - QUEUEING_MS;
  const brought = await withDeadline(ports.clock, workMs, NEVER, (signal) =>
    bring(job, only, ports, settings, signal),
  ).catch(failureOf);
  const leftMs = Math.max(1000, started + settings.eventBudgetMs - ports.clock.now());
  if ('code' in brought) return postpone(ports, job, brought.code, brought.message, leftMs);
  await settle(ports, job, brought.results, leftMs);
  return recordHealth(ports, brought.results, brought.circuits, NEVER);
}

async function bring(
  job: Job,
  only: TargetRef | undefined,
  ports: Ports,
  settings: Settings,
  signal: AbortSignal,
): Promise<{ results: Result[]; circuits: ReadonlyMap<string, Circuit> }> {
  const { routes, clusters, circuits } = await unlessAborted(signal, lookUp(ports, job.secret, signal));
  const { claims, unplaced } = claimsOf(job.secret, routes.rows, clusters.rows);
  const wanted = claims.filter((claim) => only === undefined || targetId(claim.target) === targetId(only));
  reportRouting(ports, job, only, wanted, unplaced, [...routes.bad, ...clusters.bad]);
  const works = wanted.map((claim): Work => ({ claim, source: job.secret.name }));
  const { free, held, probing } = holdBack(works, circuits, ports);
  await announceProbes(ports, probing, circuits, signal);
  const terms = {
    ...settings,
    pace: EVENT_PACE,
    acceptOlder: job.acceptOlder === true,
    removalProven: () => job.removeNow === true,
  };
  return { results: [...(await deliver(ports, free, terms, signal)), ...held], circuits };
}
