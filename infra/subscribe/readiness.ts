import type { Outputs } from './outputs.ts';

/**
 * What `/api/status` says under `readiness`: for each queue and table of the app `ok`, or why it cannot be read yet, such
 * as `403 AuthorizationPermissionMismatch`.
 */
interface Readiness {
  storage: { queues: Record<string, string>; tables: Record<string, string> };
}

/** The outside of a wait: the app, the clock, and the person who looks on. */
export interface Waiting {
  /** The answer of `/api/status` with the function's key; rejects when the app cannot be reached. */
  ask: () => Promise<{ status: number; json: unknown }>;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  say: (line: string) => void;
}

/** Role assignments take minutes; the app itself a few seconds. */
const LONGEST_MS = 15 * 60_000;
const PAUSE_MS = 15_000;

export type Outcome =
  /** Everything can be read. */
  | { kind: 'ready' }
  /** It cannot be asked; Event Grid and the queue keep the events meanwhile. */
  | { kind: 'unknown'; reason: string }
  | { kind: 'late'; missing: readonly string[] };

/** Why the app of this deployment cannot be asked from outside; undefined when it can. */
export function unreachable({ INBOUND }: Outputs): string | undefined {
  if (INBOUND === 'closed') return 'the app lets nobody in from outside (inbound: closed)';
  if (INBOUND === 'eventGrid') return 'the app lets in Event Grid only (inbound: eventGrid)';
  return undefined;
}

/**
 * Waits until the app can read each of its queues and tables: a listener that meets a 403 ends its host, and events that
 * arrive meanwhile wait for their next delivery. At most 15 minutes; may be called again.
 */
export async function untilReady({ ask, now, sleep, say }: Waiting): Promise<Outcome> {
  const start = now();
  for (;;) {
    const seen = await ask().then(judged, (error: unknown) => [`the app: ${describe(error)}`]);
    if (!Array.isArray(seen)) return seen;
    const waited = now() - start;
    if (waited >= LONGEST_MS) return { kind: 'late', missing: seen };
    say(`waiting, ${minutes(waited)} of ${minutes(LONGEST_MS)} minutes: ${seen.join('; ')}`);
    await sleep(PAUSE_MS);
  }
}

const minutes = (ms: number): string => (ms / 60_000).toFixed(1).replace(/\.0$/, '');

const describe = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);

/** What is still missing, or the end of the wait. */
function judged({ status, json }: { status: number; json: unknown }): string[] | Outcome {
  if (status !== 200) return [`the app: ${status} from /api/status`];
  const { readiness } = (json ?? {}) as { readiness?: Readiness };
  if (readiness === undefined)
    return { kind: 'unknown', reason: 'this version of the app does not say what it can read' };
  const missing = [
    ...unread('queue', readiness.storage.queues),
    ...unread('table', readiness.storage.tables),
  ];
  return missing.length === 0 ? { kind: 'ready' } : missing;
}

const unread = (what: string, answers: Readonly<Record<string, string>>): string[] =>
  Object.entries(answers).flatMap(([name, said]) => (said === 'ok' ? [] : [`${what} ${name}: ${said}`]));
