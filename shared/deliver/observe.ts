import { VaultcastError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { consentRefusal, type Namespace } from '../route/consent.ts';
import { askedSecret, type Target } from '../route/targets.ts';
import type { LiveSecret } from '../target/secret.ts';

/** A target as its cluster shows it: consent and the Secret, read at the same moment. */
export interface Observation {
  target: Target;
  namespace: Namespace | undefined;
  secret: LiveSecret | undefined;
}

export async function observe(
  ports: Pick<Ports, 'kubernetes'>,
  target: Target,
  signal: AbortSignal,
): Promise<Observation> {
  const { cluster, ref } = target;
  const [namespace, secret] = await Promise.all([
    ports.kubernetes.namespace(cluster, ref.namespace, signal),
    ports.kubernetes.secret(cluster, ref, signal).catch(forbiddenOnly),
  ]);
  if (!(secret instanceof VaultcastError)) return { target, namespace, secret };
  // A namespace gets its role together with its consent: where it is missing or accepts nothing, that is the reason.
  if (consentRefusal(target, namespace, askedSecret(target)) === undefined) throw secret;
  return { target, namespace, secret: undefined };
}

function forbiddenOnly(error: unknown): VaultcastError {
  if (error instanceof VaultcastError && error.code === 'CLUSTER_FORBIDDEN') return error;
  throw error;
}
