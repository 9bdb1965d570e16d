import { failureOf } from '../errors.ts';
import type { SecretRef, TargetRef } from '../names.ts';
import type { Ports } from '../ports.ts';
import { NO_CLUSTER, type TargetStatus } from '../status/target.ts';

/** The place of a problem that concerns a secret and no target in particular. */
export function secretProblem(secret: SecretRef): TargetRef {
  return { cluster: NO_CLUSTER, namespace: 'secret', name: `${secret.vault}:${secret.name}` };
}

/**
 * Work that was given up, or a message nobody can read. False when the table does not take it, which is then said in the
 * log: whoever gives up had better not give up yet.
 */
export async function recordProblem(
  ports: Pick<Ports, 'status' | 'clock' | 'log'>,
  about: TargetRef,
  message: string,
  { cause, attempt }: { cause: string; attempt: number },
  signal: AbortSignal,
): Promise<boolean> {
  const nothing = {
    route: '',
    uid: '',
    resourceVersion: '',
    fingerprint: '',
    sources: '',
    readAt: 0,
    removal: '',
  };
  const row: TargetStatus = {
    ...nothing,
    cluster: about.cluster,
    id: `${about.namespace}:${about.name}`,
    state: 'problem',
    code: 'GAVE_UP',
    message,
    since: ports.clock.now(),
    attempts: attempt,
    cause,
  };
  try {
    await ports.status.saveTargets([row], signal);
    return true;
  } catch (error) {
    const failure = failureOf(error);
    ports.log.note(failure.code, failure.message);
    return false;
  }
}

/** A later success of any path clears the problem. */
export async function clearProblem(
  ports: Pick<Ports, 'status'>,
  about: TargetRef,
  signal: AbortSignal,
): Promise<void> {
  const row = await ports.status.target(about, signal);
  if (row !== undefined) await ports.status.forgetTargets([row], signal);
}
