import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { clusterYaml } from '../local/stack/sites.ts';
import type { Target } from './chaos-account.ts';
import { ACCEPT, routeYaml } from '../local/stack/tenancy.ts';

const RINGS = 4;
const CLUSTERS = Array.from({ length: 20 }, (_, index) => ({
  name: `c-${index + 1}`,
  ring: `ring-${index % RINGS}`,
}));
/** Each team's secrets go to the five clusters of one ring. */
const TEAMS = Array.from({ length: 6 }, (_, index) => ({
  name: `app-${index + 1}`,
  ring: `ring-${index % RINGS}`,
}));
const SERVICES = ['pg', 'mq', 'redis', 'smtp', 'api'];
/** Its namespaces accept nothing. */
export const SHUT = { name: 'app-shut', ring: 'ring-1' };
/** Its cluster forbids it everything. */
export const DENIED = { cluster: 'c-20', namespace: 'app-denied', name: 'pg' };

const inRing = (ring: string): string[] =>
  CLUSTERS.filter((cluster) => cluster.ring === ring).map(({ name }) => name);

/** What people rotate, and where it goes. */
export const SECRETS: { name: string; targets: Target[] }[] = [...TEAMS, SHUT].flatMap((team) =>
  (team === SHUT ? ['pg'] : SERVICES).map((service) => ({
    name: `${team.name}--${service}--password`,
    targets: inRing(team.ring).map((cluster) => ({ cluster, namespace: team.name, name: service })),
  })),
);

export const targetsOf = (secret: string): Target[] | undefined =>
  SECRETS.find(({ name }) => name === secret)?.targets;

/** Twenty clusters, two instances, and teams whose secrets go to five clusters each. */
export async function startFleet(): Promise<Stack> {
  const stack = await startStack({
    clusters: CLUSTERS.map(({ name }) => name),
    hosts: 2,
    // What a dead instance was working on comes back after five seconds instead of ten minutes.
    env: { HOST_QUEUE_LEASE_SECONDS: '5' },
  });
  for (const { name } of CLUSTERS) {
    const cluster = stack.cluster(name);
    for (const team of TEAMS) cluster.createNamespace(team.name, { [ACCEPT]: `${team.name}--` });
    cluster.createNamespace(SHUT.name);
    cluster.createNamespace(DENIED.namespace, { [ACCEPT]: `${DENIED.namespace}--` });
  }
  const rings = new Map(CLUSTERS.map(({ name, ring }) => [name, ring]));
  const clusters = stack.sites.map((site) => clusterYaml(site, { ring: rings.get(site.name) ?? '' }));
  const routes = [...TEAMS, SHUT].map(({ name, ring }) =>
    routeYaml(name, { prefix: `${name}--`, namespaces: [name], clusters: { matchLabels: { ring } } }),
  );
  const denied = routeYaml('denied', {
    prefix: `${DENIED.namespace}--`,
    namespaces: [DENIED.namespace],
    clusters: { names: [DENIED.cluster] },
  });
  await stack.apply([...clusters, ...routes, denied].join('---\n'));
  return stack;
}
