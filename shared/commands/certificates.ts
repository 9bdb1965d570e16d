import pLimit from 'p-limit';
import { publicCertificates, withCertificates } from '../deliver/certificates.ts';
import { startReads } from '../deliver/reads.ts';
import type { Ports } from '../ports.ts';
import type { Cluster, Route } from '../registry/document.ts';
import { selectsCluster } from '../route/targets.ts';

const AT_ONCE = 8;
/** Rights are given for a whole vault: so many certificates tell what all would. */
const MOST_OF_A_VAULT = 20;

/**
 * Reads the certificates whose public part the routes of a cluster ask for, as a push does: secret first, and the certificate
 * beside it only where the secret holds none. What is read is dropped at once.
 */
export async function lookAtCertificates(
  cluster: Cluster,
  routes: readonly Route[],
  ports: Pick<Ports, 'vault' | 'registry' | 'status'>,
  signal: AbortSignal,
) {
  const wanted = routes
    .filter((route) => !route.spec.paused && selectsCluster(route, cluster))
    .flatMap((route) => [...publicCertificates(route)].map((name) => ({ route, name })));
  const byVault = Map.groupBy(wanted, ({ route }) => route.spec.vault);
  const some = [...byVault.values()].flatMap((all) => all.slice(0, MOST_OF_A_VAULT));
  const reads = startReads(ports, signal);
  return pLimit(AT_ONCE).map(some, async ({ route, name }) => {
    const { vault } = route.spec;
    const found = new Map([[name, await reads.source({ vault, name })]]);
    const ask = (one: string, version: string) => reads.certificate({ vault, name: one }, version);
    const source = (await withCertificates(route, found, ask)).get(name);
    const failure = source?.state === 'unreadable' ? source.failure : undefined;
    return { vault, name, route: route.metadata.name, failure };
  });
}
