import type { Dice } from '../support/seeded.ts';
import { dropRows, HOUR_MS, putCluster, putRoute, reconcileNow, rowsOf } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

/** Something that happens to a world: drawn once, done to each of two. */
export interface Change {
  name: string;
  happen(world: Shaken): unknown;
}

/** With what is to be mended again, and what a cluster was once. */
export interface Shaken extends World {
  faults: (() => void)[];
  backup?: { cluster: string; state: ReturnType<ReturnType<typeof peopleOf>['snapshot']> };
}

export const CLUSTERS: Readonly<Record<string, object>> = {
  'weu-1': {},
  'weu-2': { scope: 'cluster', orphans: 'remove' },
};
const DATA = { a: { secret: 'ex--a' }, b: { secret: 'ex--b' } };
const ROUTES: Readonly<Record<string, object>> = {
  'app-1': {},
  segment: { prefix: 'seg--', namespaces: { fromSegment: 2 } },
  explicit: { prefix: 'ex--', layout: 'explicit', name: 'pg', namespaces: ['app-2'], data: DATA },
  flat: { prefix: 'flat--', layout: 'flat', namespaces: ['app-2', 'app-1'] },
};
const OPEN = 'app-1--,seg--,ex--,flat--';
const NAMESPACES = ['app-1', 'app-2', 'app-3'];
const SECRETS = [
  'app-1--pg--password',
  'app-1--pg--user',
  'app-1--mq--password',
  'seg--app-3--db--password',
  'ex--a',
  'ex--b',
  'flat--one',
  'flat--two',
];
const { signal } = new AbortController();
const ACCEPT = 'vaultcast.dev/accept';

const peopleOf = ({ ports }: World, cluster: string) => ports.kubernetes.people(cluster);

export function aFleet(): Shaken {
  const clusters = { ...CLUSTERS } as Record<string, Record<string, unknown>>;
  const routes = { ...ROUTES } as Record<string, Record<string, unknown>>;
  const namespaces = Object.fromEntries(NAMESPACES.map((name) => [name, OPEN]));
  const world = { ...createWorld({ clusters, routes, namespaces }), faults: [] };
  for (const name of SECRETS.slice(0, 6)) world.set(name, 'first');
  return world;
}

/** Of a vault. */
function secretChange(dice: Dice): Change {
  const [name, days, value] = [dice.pick(SECRETS), dice.next(), String(dice.between(0, 999_999))];
  const date = ({ ports }: World, most: number) =>
    Math.floor(ports.clock.now() / 1000 + days * most * 24 * 3600);
  const people = ({ ports }: World) => ports.vault.people;
  return dice.pick<Change>([
    { name: `sets ${name}`, happen: (world) => world.set(name, value) },
    { name: `sets ${name} with a date`, happen: (world) => world.set(name, value, { exp: date(world, 40) }) },
    { name: `sets ${name} for later`, happen: (world) => world.set(name, value, { nbf: date(world, 1) }) },
    { name: `disables ${name}`, happen: (world) => people(world).disable('team', name) },
    { name: `enables ${name}`, happen: (world) => people(world).enable('team', name) },
    { name: `deletes ${name}`, happen: (world) => people(world).delete('team', name) },
    { name: `recovers ${name}`, happen: (world) => people(world).recover('team', name) },
    {
      name: `tags ${name}`,
      happen: (world) =>
        people(world).update('team', name, undefined, { tags: { 'file-encoding': 'base64' } }),
    },
  ]);
}

/** Of a cluster. */
function clusterChange(dice: Dice): Change {
  const [cluster, namespace, at] = [dice.pick(Object.keys(CLUSTERS)), dice.pick(NAMESPACES), dice.next()];
  const one = (world: World) => {
    const secrets = peopleOf(world, cluster).secrets();
    return secrets[Math.floor(at * secrets.length)];
  };
  const edited = (world: World, change: object) => {
    const found = one(world);
    if (found === undefined) return;
    peopleOf(world, cluster).edit(found.namespace, found.name, (secret) => ({
      ...secret,
      ...change,
      metadata: { ...secret.metadata, ...('metadata' in change ? (change.metadata as object) : {}) },
    }));
  };
  const of = `of ${cluster}`;
  return dice.pick<Change>([
    { name: `edits a Secret ${of}`, happen: (world) => edited(world, { data: { password: 'eA==' } }) },
    { name: `takes its labels ${of}`, happen: (world) => edited(world, { metadata: { labels: {} } }) },
    {
      name: `deletes a Secret ${of}`,
      happen: (world) => {
        const found = one(world);
        if (found !== undefined) peopleOf(world, cluster).remove(found.namespace, found.name);
      },
    },
    {
      name: `takes consent back in ${namespace} ${of}`,
      happen: (world) => peopleOf(world, cluster).annotate(namespace, { [ACCEPT]: undefined }),
    },
    {
      name: `opens ${namespace} ${of}`,
      happen: (world) => peopleOf(world, cluster).createNamespace(namespace, { [ACCEPT]: OPEN }),
    },
    { name: `ends ${namespace} ${of}`, happen: (world) => peopleOf(world, cluster).terminate(namespace) },
    {
      name: `backs up ${cluster}`,
      happen: (world) => (world.backup = { cluster, state: peopleOf(world, cluster).snapshot() }),
    },
    {
      name: 'restores it',
      happen: (world) => {
        if (world.backup !== undefined) peopleOf(world, world.backup.cluster).restore(world.backup.state);
      },
    },
  ]);
}

/** Of the registry and the tables. */
function rowChange(dice: Dice): Change {
  const [route, cluster] = [dice.pick(Object.keys(ROUTES)), dice.pick(Object.keys(CLUSTERS))];
  const [more, at, aheadMs] = [dice.pick(ROUTE_EDITS), dice.next(), dice.between(0, 300_000)];
  const changed = (change: (now: number) => object) => async (world: World) => {
    const rows = await rowsOf(world, cluster);
    const over = rows[Math.floor(at * rows.length)];
    if (over === undefined) return;
    await world.ports.status.saveTargets(
      [{ row: { ...over, ...change(world.ports.clock.now()) }, over }],
      signal,
    );
  };
  return dice.pick<Change>([
    {
      name: `edits route ${route} ${JSON.stringify(more)}`,
      happen: (world) => putRoute(world, route, { ...ROUTES[route], ...more }),
    },
    { name: `drops route ${route}`, happen: (world) => dropRows(world, 'Route', route) },
    {
      name: 'writes a rival',
      happen: (world) => putRoute(world, 'rival', { prefix: 'app-1--', namespaces: ['app-1'] }),
    },
    {
      name: `edits cluster ${cluster}`,
      happen: (world) =>
        putCluster(world, cluster, {
          ...CLUSTERS[cluster],
          ...(at < 0.5 ? { paused: true } : { orphans: 'keep' }),
        }),
    },
    {
      name: 'spoils a row of the registry',
      happen: ({ ports }) => ports.registry.write('Route', { partitionKey: 'team', rowKey: 'bad' }),
    },
    { name: `changes a row of ${cluster}`, happen: changed(() => ({ state: 'pending' })) },
    { name: `ages a row of ${cluster}`, happen: changed((now) => ({ lookedAt: now + aheadMs })) },
    {
      name: `loses rows of ${cluster}`,
      happen: async (world) => world.ports.status.forgetTargets(await rowsOf(world, cluster), signal),
    },
  ]);
}

const ROUTE_EDITS: readonly object[] = [
  {},
  { paused: true },
  { onDeleted: 'remove' },
  { onDisabled: 'remove', onExpired: 'remove' },
  { exclude: ['*user'] },
  { keyCase: 'UPPER_SNAKE' },
];

/** Of what answers, until it is mended. */
function fault(dice: Dice): Change {
  const [cluster, namespace] = [dice.pick(Object.keys(CLUSTERS)), dice.pick(NAMESPACES)];
  const failing = (code: 'CLUSTER_TIMEOUT' | 'CLUSTER_FORBIDDEN' | 'SECRET_INVALID', of: RegExp): Change => ({
    name: `fails with ${code} at ${of.source}`,
    happen: ({ ports, faults }) =>
      void faults.push(ports.kubernetes.fail({ code, when: (call) => of.test(call) })),
  });
  return dice.pick<Change>([
    failing('CLUSTER_TIMEOUT', new RegExp(`${cluster}/`)),
    failing('CLUSTER_TIMEOUT', new RegExp(`(?:digest|managedSecrets) ${cluster}/(?:${namespace}|\\*)$`)),
    failing('CLUSTER_FORBIDDEN', new RegExp(`(?:digest|managedSecrets) ${cluster}/(?:${namespace}|\\*)$`)),
    failing('SECRET_INVALID', new RegExp(`(?:create|replace) ${cluster}/`)),
    {
      name: 'fails to list the vault',
      happen: ({ ports, faults }) =>
        void faults.push(
          ports.vault.fail({ code: 'VAULT_UNAVAILABLE', when: (call) => call.startsWith('vault.list') }),
        ),
    },
  ]);
}

/** Most programs come to rest again and again: only there a run can compare itself. */
const HEAL: Change = {
  name: 'mends everything',
  async happen(world) {
    for (const mend of world.faults.splice(0)) mend();
    await dropRows(world, 'Route', 'bad', 'rival');
    for (const [name, spec] of Object.entries(ROUTES))
      await putRoute(world, name, spec as Record<string, unknown>);
    for (const [name, spec] of Object.entries(CLUSTERS)) {
      await putCluster(world, name, spec as Record<string, unknown>);
      for (const namespace of NAMESPACES)
        peopleOf(world, name).createNamespace(namespace, { [ACCEPT]: OPEN });
    }
  },
};

/** What people ask for, and what comes by itself. */
function order(dice: Dice): Change {
  const [name, cluster] = [dice.pick(SECRETS), dice.pick(Object.keys(CLUSTERS))];
  const asked = dice.pick([{}, { recheck: false, dryRun: true }, { recheck: false, route: 'app-1' }]);
  return dice.pick<Change>([
    { name: `an event of ${name}`, happen: (world) => world.event(name) },
    { name: 'messages', happen: (world) => world.drain(5 * 60_000) },
    {
      name: `a person's run of ${cluster} ${JSON.stringify(asked)}`,
      happen: (world) => reconcileNow(world, { clusters: [cluster], ...asked }),
    },
  ]);
}

export function aChange(dice: Dice): Change {
  const makers = [
    secretChange,
    secretChange,
    clusterChange,
    clusterChange,
    rowChange,
    fault,
    order,
    () => HEAL,
    () => HEAL,
    () => HEAL,
  ];
  return dice.pick<(dice: Dice) => Change>(makers)(dice);
}

/** Minutes to days, most of them enough for what waits an hour. */
export const aPause = (dice: Dice): number =>
  dice.pick([
    dice.between(1, 20) * 60_000,
    HOUR_MS + 60_000,
    HOUR_MS + 60_000,
    HOUR_MS + 60_000,
    6 * HOUR_MS,
    36 * HOUR_MS,
  ]);
