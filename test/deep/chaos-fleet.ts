import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { clusterYaml } from '../local/stack/sites.ts';
import { QUEUES } from '../local/stack/storage.ts';
import { ACCEPT, routeYaml } from '../local/stack/tenancy.ts';
import type { Target } from './chaos-account.ts';

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

/** Where a role is lost: a team whose one cluster no fault reaches, and one whose cluster cannot write. */
const roleTeam = (name: string, cluster: string) => ({
  name,
  cluster,
  secretOf: (queue: string): string => `${name}--${queue}--password`,
});
export const ROLES_LOST = {
  well: roleTeam('app-well', 'c-well'),
  sick: roleTeam('app-sick', 'c-sick'),
} as const;
const ROLE_TEAMS = Object.values(ROLES_LOST);

const inRing = (ring: string): string[] =>
  CLUSTERS.filter((cluster) => cluster.ring === ring).map(({ name }) => name);

/** What people rotate, and where it goes. */
export const SECRETS: { name: string; targets: Target[] }[] = [...TEAMS, SHUT].flatMap((team) =>
  (team === SHUT ? ['pg'] : SERVICES).map((service) => ({
    name: `${team.name}--${service}--password`,
    targets: inRing(team.ring).map((cluster) => ({ cluster, namespace: team.name, name: service })),
  })),
);

/** And those that are rotated once, each while a role is lost. */
export const ALL_SECRETS: typeof SECRETS = [
  ...SECRETS,
  ...ROLE_TEAMS.flatMap(({ name, cluster, secretOf }) =>
    QUEUES.map((queue) => ({ name: secretOf(queue), targets: [{ cluster, namespace: name, name: queue }] })),
  ),
];

export const targetsOf = (secret: string): Target[] | undefined =>
  ALL_SECRETS.find(({ name }) => name === secret)?.targets;

/** The names of the clusters that faults of all kinds strike. */
export const STRUCK = CLUSTERS.map(({ name }) => name);

/** Twenty clusters, two instances, and teams whose secrets go to five clusters each; and two clusters for lost roles. */
export async function startFleet(): Promise<Stack> {
  const stack = await startStack({
    clusters: [...STRUCK, ...ROLE_TEAMS.map(({ cluster }) => cluster)],
    hosts: 2,
    // What a dead instance was working on comes back after five seconds instead of ten minutes.
    env: { HOST_QUEUE_LEASE_SECONDS: '5', HOST_RESTART_SECONDS: '1' },
  });
  for (const { name } of CLUSTERS) {
    const cluster = stack.cluster(name);
    for (const team of TEAMS) cluster.createNamespace(team.name, { [ACCEPT]: `${team.name}--` });
    cluster.createNamespace(SHUT.name);
    cluster.createNamespace(DENIED.namespace, { [ACCEPT]: `${DENIED.namespace}--` });
  }
  for (const { name, cluster } of ROLE_TEAMS)
    stack.cluster(cluster).createNamespace(name, { [ACCEPT]: `${name}--` });
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
  const alone = ROLE_TEAMS.map(({ name, cluster }) =>
    routeYaml(name, { prefix: `${name}--`, namespaces: [name], clusters: { names: [cluster] } }),
  );
  await stack.apply([...clusters, ...routes, denied, ...alone].join('---\n'));
  return stack;
}
