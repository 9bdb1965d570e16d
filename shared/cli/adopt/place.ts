import { parseInstance } from '../../config/identity.ts';
import type { Cluster } from '../../registry/document.ts';
import type { TargetStatus } from '../../status/target.ts';
import type { Context } from '../command.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import type { RegistryOptions } from '../connect/flags.ts';
import { CliError, reasonOf } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT, note } from '../terminal/io.ts';
import { proofOf } from './proof.ts';

interface PlaceOptions extends RegistryOptions {
  instance?: string;
  sameCluster?: boolean;
}

/**
 * The deployment that is to own Secrets of this cluster, after it was shown that the context is the cluster. A mistake in either
 * would make the Secrets nobody's.
 * @throws CliError when the context is another cluster, or may be; when the instance is another one, or not to be told
 */
export async function instanceAt(
  cluster: Cluster,
  person: PersonCluster,
  namespaces: readonly string[],
  options: PlaceOptions,
  context: Context,
): Promise<string> {
  const rows = await rowsOf(cluster, options, context);
  const server = await serverOf(cluster, options, context);
  const proof = await proofOf(rows, server, person, namespaces);
  if (proof.same === undefined && options.sameCluster !== true) throw notTheSame(cluster, person, server);
  const given = options.instance ?? context.io.env['INSTANCE'];
  return instanceOf(given, proof.instance, cluster.metadata.name, context.io);
}

/** What the app wrote down; nothing for a person who may not read it. */
async function rowsOf(
  { metadata }: Cluster,
  options: RegistryOptions,
  context: Context,
): Promise<TargetStatus[]> {
  const { io } = context;
  try {
    return await (await context.openStatus(options, io)).targets(metadata.name, io.signal);
  } catch (error) {
    io.signal.throwIfAborted();
    note(io, `What the app delivered to ${metadata.name} could not be read: ${reasonOf(error)}`);
    return [];
  }
}

/** Where the app reaches the cluster; of AKS it wrote that down. */
async function serverOf(
  { metadata, spec }: Cluster,
  options: RegistryOptions,
  context: Context,
): Promise<string | undefined> {
  if (spec.server !== undefined) return spec.server;
  const { io } = context;
  try {
    const endpoint = await (await context.openEndpoints(options, io)).read(metadata.name, io.signal);
    return endpoint?.armId === spec.aks?.toLowerCase() ? endpoint?.server : undefined;
  } catch {
    io.signal.throwIfAborted();
    return undefined;
  }
}

function notTheSame(
  { metadata: { name } }: Cluster,
  { context, server }: PersonCluster,
  registered: string | undefined,
): CliError {
  if (registered === undefined)
    return new CliError(
      `nothing shows that context ${context} (${server}) is Cluster ${name}: the app has not looked that one up yet`,
      `Run: vaultcast check ${name}, then this again. Or say yourself that they are the same with --same-cluster.`,
    );
  return new CliError(
    `context ${context} is ${server}, Cluster ${name} is ${registered}`,
    'Choose another --context or --cluster. When it is the same one by another address, add --same-cluster.',
  );
}

function instanceOf(given: string | undefined, proven: string | undefined, cluster: string, io: Io): string {
  const { value, problems } = parseInstance(given ?? proven ?? '');
  if (problems.length > 0)
    throw new CliError(
      'the deployment that is to own the Secrets is not given',
      'Give --instance, or set INSTANCE as the app has it (default there: the name of the function app).',
      EXIT.usage,
    );
  if (proven === undefined)
    note(
      io,
      `Nothing in ${cluster} shows yet that ${value} is the name of the deployment (INSTANCE of the app).`,
    );
  else if (proven !== value)
    throw new CliError(
      `what the app delivered to ${cluster} is of instance ${proven}, not ${value}`,
      `Leave --instance out (and INSTANCE), or give ${proven}.`,
      EXIT.usage,
    );
  return value;
}
