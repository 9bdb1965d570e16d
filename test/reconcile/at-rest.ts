import { forget, HOUR_MS, reconcile } from '../support/fleet.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

/** Whether the last run looked at the cluster itself. */
export const looked = ({ ports }: World): boolean =>
  !ports.log.outcomes.some(({ message }) => message.includes('nothing changed since run'));

export const people = ({ ports }: World, cluster = 'weu-1') => ports.kubernetes.people(cluster);

export const failing = (what: string) => ({
  code: 'CLUSTER_TIMEOUT' as const,
  when: (call: string): boolean => call.endsWith(what),
});

/** A run of which nothing is remembered but its row. */
export async function run(world: World): Promise<string> {
  forget(world);
  return reconcile(world);
}

/** A fleet at rest: its last run found nothing to do, and looked at everything itself. */
export async function quiet(
  options: WorldOptions = {},
  seed: (world: World) => void = () => {},
): Promise<World> {
  const world = createWorld(options);
  world.set('app-1--pg--password', 's3cret');
  world.set('app-1--pg--user', 'ann');
  seed(world);
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS);
  await reconcile(world);
  await run(world);
  return world;
}
