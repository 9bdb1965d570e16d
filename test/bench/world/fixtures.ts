import type { Expected } from '../processes/clusters.ts';
import type { World } from './world.ts';

/** One secret of the vault, and the key of the Secret that it becomes. */
export interface Fed {
  secret: string;
  name: string;
  key: string;
}

export const clusterNames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `c-${index + 1}`);

export const NAMESPACE = 'app';

/** `app--svc-0001--password` becomes the key `password` of the Secret `svc-0001` in the namespace `app`. */
export const fedSecrets = (count: number): Fed[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `svc-${String(index + 1).padStart(4, '0')}`;
    return { secret: `${NAMESPACE}--${name}--password`, name, key: 'password' };
  });

/** Everything of `app--` goes to the namespace `app` of all clusters. */
export const ROUTES = { app: { prefix: `${NAMESPACE}--`, namespaces: [NAMESPACE] } };

export const ACCEPTED = { [NAMESPACE]: `${NAMESPACE}--` };

export const valuesOf = (secrets: readonly Fed[], value: string): Record<string, string> =>
  Object.fromEntries(secrets.map(({ secret }) => [secret, value]));

export const expectedOf = (clusters: readonly string[], secrets: readonly Fed[], value: string): Expected[] =>
  clusters.flatMap((cluster) =>
    secrets.map(({ name, key }) => ({ cluster, namespace: NAMESPACE, name, key, value })),
  );

const RUNS = 5;

/** On a busy machine an API server may not answer in time, and a run leaves some targets to the next. */
async function untilDone(world: World, cluster: string): Promise<void> {
  let state: string | undefined;
  for (let run = 0; run < RUNS && state !== 'done'; run += 1) state = (await world.reconcile(1))[cluster];
  if (state !== 'done') throw new Error(`roll-out number ${RUNS} ended as ${state}`);
}

/**
 * Brings the first cluster up to date by runs, then makes the others as it is, rows included: what a fleet looks like
 * where nothing changed, without the hours that it would take.
 */
export async function rollOut(
  world: World,
  names: readonly string[],
  routes: Readonly<Record<string, object>>,
): Promise<void> {
  const [first = '', ...others] = names;
  await world.register(routes, [first]);
  await untilDone(world, first);
  if (others.length === 0) return;
  await world.clusters.copy(first, others);
  await world.storage.copyRows(first, others);
  await world.register({}, others);
}
