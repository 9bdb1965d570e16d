import { hash } from 'node:crypto';
import { excessAccess, neededAccess, takingPart } from '../../../shared/check/access.ts';
import { NOTHING_YET, type Inspection } from '../../../shared/check/inspection.ts';
import { failureOf, VaultcastError } from '../../../shared/errors.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { SecretMetadata } from '../../../shared/target/secret.ts';
import { MANAGED_BY, MANAGED_BY_LABEL, withOwnMarks } from '../../../shared/target/ownership.ts';
import type { Cluster } from '../../../shared/registry/document.ts';
import { createCalls } from './calls.ts';
import type { Calls } from './calls.ts';
import type { Hook } from './hook.ts';
import { createIn, newState, removeFrom, replaceIn, tryCreateIn, viewOf } from './kubernetes-cluster.ts';
import type { ClusterState } from './kubernetes-cluster.ts';
import { createClusterPeople } from './kubernetes-people.ts';
import type { FakeClusterPeople } from './kubernetes-people.ts';

type Kubernetes = Ports['kubernetes'];

export interface FakeKubernetes extends Kubernetes, Pick<Calls, 'log' | 'fail'> {
  /** What people do to a cluster, which is there from its first mention on. */
  people(cluster: string): FakeClusterPeople;
  /** What an inspection finds, over a cluster where all is well. */
  find(cluster: string, found: Partial<Inspection>): void;
}

/** As RBAC of the manifests allows, and with the policy in place. */
function wellInspected(cluster: Cluster, { namespaces }: ClusterState): Inspection {
  const views = [...namespaces].map(([name, found]) => viewOf(name, found));
  const accepting = takingPart(views).map(({ name }) => name);
  const [namespace] = accepting;
  const questions = [...neededAccess(cluster, accepting), ...excessAccess(cluster, accepting)];
  return {
    ...NOTHING_YET,
    server: cluster.spec.server,
    addresses: ['127.0.0.1'],
    user: { name: 'pusher' },
    clockSkewMs: 0,
    namespaces: views,
    access: questions.map((access) => ({ ...access, allowed: access.use === 'needed' })),
    policy: namespace === undefined ? undefined : { namespace, instance: 'vaultcast', probed: [] },
  };
}

function summaryOf(secret: SecretMetadata): SecretMetadata {
  const { namespace, name, uid, resourceVersion, labels, annotations } = secret;
  return withOwnMarks({
    namespace,
    name,
    uid,
    resourceVersion,
    labels: { ...labels },
    annotations: { ...annotations },
  });
}

const isOurs = ({ labels }: SecretMetadata): boolean => labels[MANAGED_BY_LABEL] === MANAGED_BY;

const managedIn = ({ secrets }: ClusterState, namespace: string | undefined): SecretMetadata[] =>
  [...secrets.values()]
    .filter((secret) => isOurs(secret) && (namespace ?? secret.namespace) === secret.namespace)
    .map(summaryOf);

const digestOf = (found: unknown): string => hash('sha256', JSON.stringify(found));

function checkNames(...names: string[]): void {
  if (!names.every((name) => /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)))
    throw new VaultcastError('SECRET_INVALID', 'fake: not a valid namespace and name');
}

/** In-memory clusters. Lists are of one moment, as a continue token guarantees. */
export function createFakeKubernetes(hook?: Hook): FakeKubernetes {
  const clusters = new Map<string, { state: ClusterState; people: FakeClusterPeople }>();
  const findings = new Map<string, Partial<Inspection>>();
  const calls = createCalls('CLUSTER_TIMEOUT', hook, 'OUT_OF_TIME');

  const at = (name: string) => {
    const known = clusters.get(name);
    if (known) return known;
    const holder: { state: ClusterState } = { state: newState() };
    const made = Object.assign(holder, { people: createClusterPeople(name, holder) });
    clusters.set(name, made);
    return made;
  };
  const run = <T>(
    verb: string,
    cluster: Cluster,
    about: string,
    signal: AbortSignal,
    effect: (state: ClusterState, cluster: string) => T,
  ): Promise<T> => {
    const { name } = cluster.metadata;
    return calls.run(`kubernetes.${verb} ${name}/${about}`, signal, () => effect(at(name).state, name));
  };

  return {
    log: calls.log,
    fail: (fault) => calls.fail(fault),
    rest: () => undefined,
    people: (cluster) => at(cluster).people,
    find: (cluster, found) => void findings.set(cluster, found),
    inspect: (cluster, signal) =>
      run('inspect', cluster, '*', signal, (state, name) => ({
        ...wellInspected(cluster, state),
        ...findings.get(name),
      })).catch((error: unknown) => ({ ...NOTHING_YET, ended: { step: 'tcp', failure: failureOf(error) } })),
    namespace: (cluster, name, signal) =>
      run('namespace', cluster, name, signal, ({ namespaces }) => {
        checkNames(name);
        const found = namespaces.get(name);
        return found && viewOf(name, found);
      }),
    secret: (cluster, { namespace, name }, signal) =>
      run('secret', cluster, `${namespace}/${name}`, signal, (_state, of) => {
        checkNames(namespace, name);
        return at(of).people.secret(namespace, name);
      }),
    namespaces: (cluster, signal) =>
      run('namespaces', cluster, '*', signal, ({ namespaces }) =>
        [...namespaces].map(([name, found]) => viewOf(name, found)),
      ),
    managedSecrets: (cluster, namespace, signal, look) =>
      run('managedSecrets', cluster, namespace ?? '*', signal, (state) => {
        const found = managedIn(state, namespace);
        look?.digested?.(digestOf(found));
        return found.filter((secret) => look?.isOurs?.(secret) ?? true);
      }),
    digest: (cluster, namespace, signal) =>
      run('digest', cluster, namespace ?? '*', signal, (state) => digestOf(managedIn(state, namespace))),
    create: (cluster, secret, signal) =>
      run('create', cluster, `${secret.namespace}/${secret.name}`, signal, (state, of) =>
        createIn(state, of, secret),
      ),
    tryCreate: (cluster, secret, signal) =>
      run('try-create', cluster, `${secret.namespace}/${secret.name}`, signal, (state, of) =>
        tryCreateIn(state, of, secret),
      ),
    replace: (cluster, secret, observed, signal) =>
      run('replace', cluster, `${secret.namespace}/${secret.name}`, signal, (state) =>
        replaceIn(state, secret, observed),
      ),
    remove: (cluster, observed, signal) =>
      run('remove', cluster, `${observed.namespace}/${observed.name}`, signal, (state) =>
        removeFrom(state, observed),
      ),
  };
}
