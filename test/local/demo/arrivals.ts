import type { KubernetesStandIn } from '../kubernetes/api-server.ts';
import type { Stack } from '../stack/start.ts';
import type { Rotation } from '../stack/events.ts';

/** A version of a secret that stands in a Secret of a cluster. */
export interface Arrival {
  cluster: string;
  /** `namespace/name` of the Secret. */
  target: string;
  version: string;
  /** From the rotation in the vault to the request that brought it. */
  afterMs: number;
}

const SOURCES = 'vaultcast.dev/sources';

type Secret = ReturnType<KubernetesStandIn['secrets']>[number];

/** When the API server got the write that brought a version which was made at `since`. */
function writtenAt(cluster: KubernetesStandIn, { metadata }: Secret, since: number): number {
  const collection = `/api/v1/namespaces/${metadata.namespace}/secrets`;
  const write = cluster.server.requests.findLast(
    ({ at, method, path, status }) =>
      at >= since &&
      status < 300 &&
      ((method === 'POST' && path === collection) ||
        (method === 'PUT' && path === `${collection}/${metadata.name}`)),
  );
  if (!write) throw new Error(`nobody wrote ${metadata.namespace}/${metadata.name}`);
  return write.at;
}

/** Where a rotation arrived: read off the Secrets themselves. */
export function arrivalsOf(stack: Stack, rotation: Rotation): Arrival[] {
  return stack.sites.flatMap(({ name }) => {
    const cluster = stack.cluster(name);
    const holds = ({ metadata }: Secret): boolean =>
      metadata.annotations?.[SOURCES]?.includes(`@${rotation.version}:`) ?? false;
    return cluster
      .secrets()
      .filter(holds)
      .map((secret) => ({
        cluster: name,
        target: `${secret.metadata.namespace}/${secret.metadata.name}`,
        version: rotation.version,
        afterMs: writtenAt(cluster, secret, rotation.at) - rotation.at,
      }));
  });
}
