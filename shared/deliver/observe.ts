import type { Ports } from '../ports.ts';
import type { LiveSecret, NamespaceView } from '../push/kubernetes-secret.ts';
import type { Work } from './result.ts';

/** A target as its cluster shows it: consent and the Secret, read at the same moment. */
export interface Observed {
  work: Work;
  namespace: NamespaceView | undefined;
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
    ports.kubernetes.secret(cluster, target, signal),
  ]);
  return { work, namespace, live };
}
