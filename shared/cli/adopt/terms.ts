import { parseInstance } from '../../config/identity.ts';
import type { TargetRef } from '../../names.ts';
import type { Cluster, Route } from '../../registry/document.ts';
import { namespaceName, objectName } from '../../registry/fields.ts';
import { selectsCluster } from '../../route/targets.ts';
import type { AdoptOptions } from './adopt.ts';
import type { Context } from '../command.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';
import type { PersonCluster } from '../connect/cluster.ts';
import { named, readRegistry } from '../connect/registry.ts';

const usage = (message: string, advice: string): CliError => new CliError(message, advice, EXIT.usage);

/** `app-1/pg`. Throws CliError. */
export function targetOf(word: string, cluster: string): TargetRef {
  const [namespace = '', name = '', ...rest] = word.split('/');
  const valid = namespaceName.safeParse(namespace).success && objectName.safeParse(name).success;
  if (valid && rest.length === 0) return { cluster, namespace, name };
  throw usage(`${JSON.stringify(word)} names no Secret`, 'Write NAMESPACE/NAME.');
}

/** It stands on every Secret: a wrong one would hand the Secret to nobody. */
export function instanceOf({ instance }: AdoptOptions, { env }: Io): string {
  const { value, problems } = parseInstance(instance ?? env['INSTANCE'] ?? '');
  if (problems.length === 0) return value;
  throw usage(
    'which deployment is to own the Secrets?',
    'Give --instance, or set INSTANCE as the app has it (default there: the name of the function app).',
  );
}

/** The cluster as registered, and the route, which must reach it. `route` is undefined for a release. */
export async function documentsOf(
  options: AdoptOptions,
  person: PersonCluster,
  context: Context,
): Promise<{ cluster: Cluster; route: Route | undefined }> {
  const { clusters, routes } = await readRegistry(options, context);
  const [cluster] = named('Cluster', clusters, [options.cluster ?? person.context]);
  if (cluster === undefined) throw new CliError('no such cluster', 'See: vaultcast get clusters');
  if (options.release === true) return { cluster, route: undefined };
  if (options.route === undefined) throw usage('which route is to own them?', 'Give --route.');
  const [route] = named('Route', routes, [options.route]);
  if (route === undefined || !selectsCluster(route, cluster))
    throw new CliError(
      `route ${options.route} does not reach cluster ${cluster.metadata.name}`,
      'See: vaultcast get routes',
    );
  return { cluster, route };
}
