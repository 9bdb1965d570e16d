import { VaultcastError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { LiveSecret, Namespace } from '../target/secret.ts';
import { consentRefusal } from '../route/consent.ts';
import type { Work } from './result.ts';

/** A target as its cluster shows it: consent and the Secret, read at the same moment. */
export interface Observed {
  work: Work;
  namespace: Namespace | undefined;
  live: LiveSecret | undefined;
}

export async function observe(
  ports: Pick<Ports, 'kubernetes'>,
  work: Work,
  signal: AbortSignal,
): Promise<Observed> {
  const { cluster, target } = work.claim;
  const [namespace, live] = await Promise.all([
    ports.kubernetes.namespace(cluster, target.namespace, signal),
    ports.kubernetes.secret(cluster, target, signal).catch(forbiddenOnly),
  ]);
  if (!(live instanceof VaultcastError)) return { work, namespace, live };
  // A namespace gets its role together with its consent: where it is missing or accepts nothing, that is the reason.
  const unseen = { work, namespace, live: undefined };
  if (consentRefusal(unseen) === undefined) throw live;
  return unseen;
}

function forbiddenOnly(error: unknown): VaultcastError {
  if (error instanceof VaultcastError && error.code === 'CLUSTER_FORBIDDEN') return error;
  throw error;
}
