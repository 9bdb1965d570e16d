import { failureOf } from './errors.ts';
import type { SecretRef, TargetRef } from './names.ts';
import type { Ports } from './ports.ts';
import { NO_CLUSTER, type TargetRow } from './report/row.ts';

/** The place of a problem that concerns a secret and no target in particular. */
export function secretProblem(secret: SecretRef): TargetRef {
  return { cluster: NO_CLUSTER, namespace: 'secret', name: `${secret.vault}:${secret.name}` };
}

/** Work that was given up, or a message nobody can read. A table that does not take it is said in the log. */
export async function recordProblem(
  ports: Pick<Ports, 'status' | 'clock' | 'log'>,
  about: TargetRef,
  message: string,
  { cause, attempt }: { cause: string; attempt: number },
  signal: AbortSignal,
): Promise<void> {
  const nothing = {
    route: '',
    uid: '',
    resourceVersion: '',
    fingerprint: '',
    sources: '',
    readAt: 0,
    removal: '',
  };
  const row: TargetRow = {
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
  await ports.status.saveTargets([row], signal).catch((error: unknown) => {
    const failure = failureOf(error);
    ports.log.note(failure.code, failure.message);
  });
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
