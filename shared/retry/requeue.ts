import type { Result } from '../deliver/result.ts';
import { isRetryable, type Code } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { backoffMs } from './delay.ts';
import type { PushMessage } from './message.ts';
import type { Job } from './settle.ts';

/** A message and how long it stays invisible. */
export interface Send {
  message: PushMessage;
  delayMs: number;
}

const VAULT_CODES: ReadonlySet<Code> = new Set<Code>([
  'VAULT_THROTTLED',
  'VAULT_FORBIDDEN',
  'VAULT_UNAVAILABLE',
  'REGISTRY_UNAVAILABLE',
]);

/**
 * Targets wait one by one; what vault or registry kept from all of them waits once, as the secret. A target that waits by
 * itself already goes on alone: else each of many would look after all of them again.
 */
export function retries(ports: Pick<Ports, 'clock'>, job: Job, results: readonly Result[]): Send[] {
  const waiting = results.filter((result) => isRetryable(result.code));
  const isOfAll = ({ code }: Result): boolean => job.only === undefined && VAULT_CODES.has(code);
  const ofVault = waiting.find(isOfAll);
  const ofTargets = waiting.filter((result) => !isOfAll(result));
  const sends = ofTargets.map((result): Send => ({
    message: { kind: 'target', ...nextOf(job, result.code), ...result.work.claim.target },
    delayMs: delayOf(ports, job, result),
  }));
  if (ofVault === undefined) return sends;
  return [...sends, { message: messageOf(job, ofVault.code), delayMs: delayOf(ports, job, ofVault) }];
}

/** The job once more, for the target it is about or for the whole secret. */
function messageOf(job: Job, code: Code): PushMessage {
  const next = nextOf(job, code);
  return job.only === undefined ? { kind: 'secret', ...next } : { kind: 'target', ...next, ...job.only };
}

/** The work again, as the next attempt; waiting for a cluster's probe uses none up. */
export function nextOf({ secret, cause, since, attempt }: Job, code: Code) {
  const next = code === 'CLUSTER_PROBED' ? attempt : attempt + 1;
  return { vault: secret.vault, secret: secret.name, cause, since, attempt: next };
}

/** A probe's date is kept as it is; a conflict is over in a moment; everything else backs off. */
function delayOf(
  ports: Pick<Ports, 'clock'>,
  job: Job,
  { code, retryAfterMs }: Pick<Result, 'code' | 'retryAfterMs'>,
): number {
  if (code === 'CLUSTER_PROBED') return retryAfterMs ?? 0;
  if (code === 'CONFLICT' && job.attempt < 5) return Math.round(500 + 1500 * ports.clock.random());
  return backoffMs(job.attempt, retryAfterMs, ports.clock.random());
}

/** The whole job once more, after what kept it from beginning. */
export function again(ports: Pick<Ports, 'clock'>, job: Job, code: Code): Send {
  return { message: messageOf(job, code), delayMs: delayOf(ports, job, { code }) };
}
