// API servers in a process of their own. They believe what a token says: who signed it costs time that is not measured.
import { decodeJwt } from 'jose';
import { startKubernetes, type KubernetesStandIn } from '../../local/kubernetes/api-server.ts';
import { ACCEPT } from '../../local/stack/tenancy.ts';
import { AUDIENCE } from '../../local/stack/sites.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { watchLateness } from '../world/lateness.ts';
import { offer } from '../world/remote.ts';
import { type Asked, createTally } from '../world/tally.ts';

const lateness = watchLateness();
const authority = await createAuthority();
const clusters = new Map<string, KubernetesStandIn>();
const tallies = new Map<string, ReturnType<typeof createTally>>();

function at(name: string): KubernetesStandIn {
  const found = clusters.get(name);
  if (found === undefined) throw new Error(`no cluster ${name}`);
  return found;
}

async function startCluster(name: string, objectId: string) {
  const users = new Map<string, string>();
  const userOf = (token: string): string => {
    const { aud, oid } = decodeJwt(token);
    const user = aud === AUDIENCE ? String(oid) : '';
    users.set(token, user);
    return user;
  };
  const cluster = await startKubernetes({
    authority,
    name,
    authenticate: async (token) => (users.get(token) ?? userOf(token)) || undefined,
    authorize: (user) => user === objectId,
  });
  clusters.set(name, cluster);
  tallies.set(name, createTally(cluster.server));
  return { name, url: cluster.url, caPem: authority.caPem };
}

/** A Secret as another cluster's: what is recorded on it names the cluster. */
function moved<Item extends { metadata: { annotations?: Record<string, string> } }>(
  secret: Item,
  from: string,
  to: string,
): Item {
  const annotations = Object.entries(secret.metadata.annotations ?? {}).map(([key, value]) => [
    key,
    value.startsWith(`${from}/`) ? `${to}${value.slice(from.length)}` : value,
  ]);
  return {
    ...secret,
    metadata: { ...secret.metadata, annotations: Object.fromEntries(annotations) as Record<string, string> },
  };
}

const decoded = (cluster: string, namespace: string, name: string, key: string): string =>
  Buffer.from(at(cluster).secret(namespace, name)?.data?.[key] ?? '', 'base64').toString();

/** A key of a Secret, and what it is to hold. */
export interface Expected {
  cluster: string;
  namespace: string;
  name: string;
  key: string;
  value: string;
}

const api = {
  start: (names: readonly string[], objectId: string) =>
    Promise.all(names.map((name) => startCluster(name, objectId))),
  /** Namespace -> what it accepts, in each of the clusters. */
  namespaces(of: readonly string[], accept: Readonly<Record<string, string>>): void {
    for (const cluster of of)
      for (const [name, entries] of Object.entries(accept))
        at(cluster).createNamespace(name, { [ACCEPT]: entries });
  },
  /** Everything in one cluster as it is in another, with the same uids and versions. */
  copy(from: string, to: readonly string[]): void {
    const picture = at(from).snapshot();
    for (const cluster of to) {
      const secrets = [...picture.secrets].map(
        ([key, secret]) => [key, moved(secret, from, cluster)] as const,
      );
      at(cluster).restore({ ...picture, secrets: new Map(secrets) });
    }
  },
  /** How many do not hold what they should. */
  missing: (expected: readonly Expected[]) =>
    expected.filter(
      ({ cluster, namespace, name, key, value }) => decoded(cluster, namespace, name, key) !== value,
    ).length,
  keys: (cluster: string, namespace: string, name: string) =>
    Object.keys(at(cluster).secret(namespace, name)?.data ?? {}).length,
  /** Secrets made and changed since the start, in all clusters. */
  writes: () => [...clusters.values()].reduce((sum, { writes }) => sum + writes.create + writes.update, 0),
  /** Requests since the last `forget`, by cluster. */
  asked: (): Record<string, Asked> =>
    Object.fromEntries([...tallies].map(([name, { asked }]) => [name, asked()])),
  forget(): void {
    for (const { forget } of tallies.values()) forget();
  },
  /** Every answer of a cluster that much later. */
  delay(cluster: string, ms: number): void {
    at(cluster).server.inject({ fault: { kind: 'delay', ms } });
  },
  /** Answers the next requests, and none after them. */
  hangAfter(cluster: string, answers: number): void {
    let left = answers;
    at(cluster).server.inject({ fault: { kind: 'hang' }, when: () => (left -= 1) < 0 });
  },
  lateness,
  mend: (cluster: string) => at(cluster).server.clearFaults(),
};

export type ClustersApi = typeof api;
export type Site = Awaited<ReturnType<typeof api.start>>[number];

offer(api);
