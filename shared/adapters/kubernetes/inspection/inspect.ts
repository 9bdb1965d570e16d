import pLimit from 'p-limit';
import { attributesOf, excessAccess, neededAccess, takingPart } from '../../../check/access.ts';
import { NOTHING_YET } from '../../../check/inspection.ts';
import type { Inspection } from '../../../check/inspection.ts';
import { PROBES, probeSecret } from '../../../check/probes.ts';
import { failureOf } from '../../../errors.ts';
import type { Ports } from '../../../ports.ts';
import type { Namespace } from '../../../route/consent.ts';
import type { Cluster } from '../../../registry/document.ts';
import { readDecision, readRefusal, readUser } from './answers.ts';
import { readCredential } from './credential.ts';
import { at, StepFailed, tryWay } from './way.ts';
import type { ClusterClient } from '../client.ts';
import type { ClusterClients } from '../clients.ts';
import { toBody } from '../objects.ts';

/** Fewer than the connections of an agent: a check must not hold up deliveries. */
const AT_ONCE = 4;

interface Tools extends Pick<Ports['kubernetes'], 'namespaces'> {
  clients: ClusterClients;
  timeoutMs: number;
  instance: string;
}

type Learn = (more: Partial<Inspection>) => void;
type Policy = NonNullable<Inspection['policy']>;

/** Looks at a cluster step by step, by the very connection that pushes take; never rejects. */
export function createInspect(tools: Tools): Ports['kubernetes']['inspect'] {
  return async (cluster, signal) => {
    let found: Inspection = NOTHING_YET;
    const learn: Learn = (more) => (found = { ...found, ...more });
    try {
      await inspectWay(tools, cluster, learn, signal);
      await at('permission', () => inspectRights(tools, cluster, learn, signal));
    } catch (error) {
      const failed = error instanceof StepFailed ? error : new StepFailed('permission', error);
      learn({ ...failed.found, ended: failed.ended });
    }
    return found;
  };
}

async function inspectWay(tools: Tools, cluster: Cluster, learn: Learn, signal: AbortSignal): Promise<void> {
  const connection = await at('credential', () => tools.clients.connection(cluster, signal, 'now'));
  learn({ server: connection.server });
  learn(await at('tcp', () => tryWay(connection, tools.timeoutMs)));
  const { names, ...credential } = await at('credential', () => readCredential(connection.auth, signal));
  learn({ credential });
  const { review, date } = await at('identity', () =>
    answered(tools, cluster, 'selfsubjectreviews', signal, (client) => client.whoAmI(signal)),
  );
  const reported = await at('identity', async () => readUser(review));
  const clock = Date.parse(date ?? '');
  const user = { name: names.find((name) => name === reported) };
  learn({ user, clockSkewMs: Number.isNaN(clock) ? undefined : clock - Date.now() });
}

async function answered<T>(
  { clients }: Tools,
  cluster: Cluster,
  resource: 'selfsubjectreviews' | 'selfsubjectaccessreviews',
  signal: AbortSignal,
  work: (client: ClusterClient) => Promise<T>,
): Promise<T> {
  return (await clients.ask(cluster, { verb: 'create', resource }, [], signal, work)).value;
}

async function inspectRights(
  tools: Tools,
  cluster: Cluster,
  learn: Learn,
  signal: AbortSignal,
): Promise<void> {
  const namespaces = await namespacesOrNone(tools, cluster, signal);
  learn({ namespaces });
  const accepting = takingPart(namespaces ?? []);
  const names = accepting.map(({ name }) => name);
  const questions = [...neededAccess(cluster, names), ...excessAccess(cluster, names)];
  const access = await pLimit(AT_ONCE).map(questions, async (question) => {
    const review = await answered(tools, cluster, 'selfsubjectaccessreviews', signal, (client) =>
      client.mayI(attributesOf(question), signal),
    );
    return { ...question, ...readDecision(review) };
  });
  learn({ access });
  const mayCreate = (name: string): boolean =>
    access.some(({ verb, namespace, allowed }) => allowed && verb === 'create' && namespace === name);
  const place = accepting.find(({ name }) => mayCreate(name));
  if (place !== undefined) learn({ policy: await inspectPolicy(tools, cluster, place, signal) });
}

/** Whoever may not list them gets that said among the permissions. */
async function namespacesOrNone(tools: Tools, cluster: Cluster, signal: AbortSignal) {
  try {
    return await tools.namespaces(cluster, signal);
  } catch (error) {
    if (failureOf(error).code === 'CLUSTER_FORBIDDEN') return undefined;
    throw error;
  }
}

async function inspectPolicy(
  { clients, instance }: Tools,
  cluster: Cluster,
  { name: namespace, accept }: Namespace,
  signal: AbortSignal,
): Promise<Policy> {
  const client = await clients.for(cluster, signal, 'known');
  const place = { cluster: cluster.metadata.name, namespace, name: 'vaultcast-check', instance };
  const probed: Policy['probed'][number][] = [];
  for (const probe of Object.keys(PROBES) as (keyof typeof PROBES)[]) {
    const secret = probeSecret(probe, place, accept);
    if (secret === undefined) continue;
    const done = client.dryRun(namespace, toBody(secret), signal);
    const became = await done.then(
      () => ({ outcome: 'let through' as const, why: 'a dry run succeeded' }),
      (error: unknown) => readRefusal(error, place.cluster, secret),
    );
    probed.push({ probe, ...became });
  }
  return { namespace, instance, probed };
}
