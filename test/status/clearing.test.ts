import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingProblem } from '../../shared/status/problem.ts';
import { ROW_STATES } from '../../shared/status/target.ts';
import { tellOfSettings } from '../../shared/reconcile/settings.ts';
import { originOf, refuseMessage } from '../../shared/retry/received.ts';
import {
  dropRows,
  HOUR_MS,
  problemsOf,
  putCluster,
  putRoute,
  reconcile,
  reconcileTwice,
  rowsOf,
  stateOf,
} from '../support/fleet.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const shared = join(import.meta.dirname, '../../shared/status');
const readme = await readFile(join(shared, 'README.md'), 'utf8');
const problems = await readFile(join(shared, 'problem.ts'), 'utf8');

const DAY_MS = 24 * HOUR_MS;
const PASSWORD = 'app-1--pg--password';
const { signal } = new AbortController();

/** The names in the first column of the table whose first heading this is. */
function firstColumn(heading: string): string[] {
  const table = readme.slice(readme.indexOf(`| ${heading} `)).split('\n\n')[0] ?? '';
  return [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name).toSorted();
}

interface Scenario {
  options?: WorldOptions;
  make: (world: World) => Promise<unknown>;
  clear: (world: World) => Promise<unknown>;
}

const clusters = { 'weu-1': { orphans: 'remove' } };
const both = { 'app-1': 'app-1--,app-2--' };
const people = (world: World) => world.ports.kubernetes.people('weu-1');
const mend = new WeakMap<World, () => void>();

/** Something fails until it is mended, and a run sees both. */
const failing = (fail: (world: World) => () => void): Pick<Scenario, 'make' | 'clear'> => ({
  async make(world) {
    mend.set(world, fail(world));
    await reconcile(world);
  },
  async clear(world) {
    mend.get(world)?.();
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
  },
});

async function sevenOrphans(world: World): Promise<void> {
  for (let number = 0; number < 7; number += 1) world.set(`app-2--s${number}--password`, 'x');
  await putRoute(world, 'app-2', { prefix: 'app-2--', namespaces: ['app-1'] });
  await reconcile(world);
  await dropRows(world, 'Route', 'app-2');
  await reconcileTwice(world);
}

const PROBLEMS: Record<string, Scenario> = {
  row: {
    async make(world) {
      world.ports.registry.write('Route', { partitionKey: 'team', rowKey: 'bad', document: '{' });
      await reconcile(world);
    },
    async clear(world) {
      await dropRows(world, 'Route', 'bad');
      await reconcile(world);
    },
  },
  registry: {
    async make(world) {
      await dropRows(world, 'Cluster');
      await reconcile(world);
    },
    async clear(world) {
      await putCluster(world, 'weu-1');
      await reconcile(world);
    },
  },
  setting: {
    make: ({ ports }) => tellOfSettings(ports, 'run-1', async () => [settingProblem('CLUSTER_SCOPES', 'x')]),
    clear: ({ ports }) => tellOfSettings(ports, 'run-2', async () => []),
  },
  vault: failing(({ ports }) => ports.vault.people.forbid('team', 'rbac')),
  secret: {
    async make(world) {
      const { registry } = world.ports;
      const working = registry.before;
      registry.before = async (call) => {
        await working(call);
        throw Object.assign(new Error('down'), { code: 'REGISTRY_UNAVAILABLE' });
      };
      await world.event();
      await world.drain();
      registry.before = working;
    },
    clear: (world) => world.event(),
  },
  message: {
    make: ({ ports }) => refuseMessage(ports, originOf('push', 'x'), 'it is no JSON'),
    async clear(world) {
      await world.ports.clock.advance(8 * DAY_MS);
      await reconcile(world);
    },
  },
  cluster: failing(({ ports }) => ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' })),
  namespace: failing(({ ports }) =>
    ports.kubernetes.fail({
      code: 'CLUSTER_FORBIDDEN',
      when: (call) => call.startsWith('kubernetes.managedSecrets'),
    }),
  ),
  collision: {
    async make(world) {
      await putRoute(world, 'twin', {
        prefix: 'app-1--pg--',
        namespaces: ['app-1'],
        layout: 'explicit',
        name: 'pg',
        data: { url: { secret: PASSWORD } },
      });
      await reconcile(world);
    },
    async clear(world) {
      await dropRows(world, 'Route', 'twin');
      await reconcile(world);
    },
  },
  removals: {
    options: { clusters, namespaces: both },
    make: sevenOrphans,
    async clear(world) {
      await putRoute(world, 'app-2', { prefix: 'app-2--', namespaces: ['app-1'] });
      await reconcile(world);
    },
  },
  stranded: {
    async make(world) {
      await dropRows(world, 'Route', 'app-1');
      await reconcile(world);
    },
    async clear(world) {
      await putRoute(world, 'app-1');
      await reconcile(world);
    },
  },
};

/** A world with one delivered target, which a run has seen. */
async function settled(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  world.set(PASSWORD, 's3cret');
  await reconcileTwice(world);
  return world;
}

describe('the table of problems and who clears them', () => {
  it('has every kind, and no other', () => {
    const kinds = /const KINDS = \{([\s\S]*?)\n\}/.exec(problems)?.[1] ?? '';
    const inCode = [...kinds.matchAll(/^ {2}(\w+):/gm)].map(([, kind = '']) => kind).toSorted();
    expect(firstColumn('kind')).toEqual(inCode);
    expect(Object.keys(PROBLEMS).toSorted()).toEqual(inCode);
  });

  it.each(Object.entries(PROBLEMS))('is true of kind %s', async (kind, { options, make, clear }) => {
    const world = await settled(options);
    const ofKind = async () => Object.keys(await problemsOf(world)).filter((id) => id.startsWith(`${kind}:`));
    expect(await ofKind()).toEqual([]);
    await make(world);
    expect((await ofKind()).length).toBeGreaterThan(0);
    await clear(world);
    expect(await ofKind()).toEqual([]);
  });
});

const failsAlways = ({ ports }: World) =>
  ports.kubernetes.fail({
    code: 'CLUSTER_FAILED',
    when: (call) => /\.(?:secret|replace|create) /.test(call),
  });

const STATES: Record<string, Scenario> = {
  paused: {
    async make(world) {
      await putRoute(world, 'app-1', { paused: true });
      await reconcile(world);
    },
    async clear(world) {
      await putRoute(world, 'app-1');
      await reconcile(world);
    },
  },
  orphaned: {
    async make(world) {
      await dropRows(world, 'Route', 'app-1');
      await reconcile(world);
    },
    async clear(world) {
      await putRoute(world, 'app-1');
      await reconcile(world);
    },
  },
  refused: {
    async make(world) {
      people(world).annotate('app-1', { 'vaultcast.dev/accept': undefined });
      await reconcile(world);
    },
    async clear(world) {
      people(world).annotate('app-1', { 'vaultcast.dev/accept': 'app-1--' });
      await reconcile(world);
    },
  },
  failed: {
    async make(world) {
      mend.set(world, failsAlways(world));
      world.set(PASSWORD, 'rotated');
      await world.event();
      await world.drain();
    },
    async clear(world) {
      mend.get(world)?.();
      await world.event();
    },
  },
  pending: {
    async make(world) {
      mend.set(world, failsAlways(world));
      world.set(PASSWORD, 'rotated');
      await world.event();
    },
    async clear(world) {
      mend.get(world)?.();
      await world.drain();
    },
  },
  absent: {
    async make(world) {
      people(world).remove('app-1', 'pg');
      world.ports.vault.people.disable('team', PASSWORD);
      await reconcile(world);
    },
    async clear(world) {
      world.ports.vault.people.enable('team', PASSWORD);
      await reconcile(world);
    },
  },
  degraded: {
    async make(world) {
      world.ports.vault.people.disable('team', PASSWORD);
      await reconcile(world);
    },
    async clear(world) {
      world.ports.vault.people.enable('team', PASSWORD);
      await reconcile(world);
    },
  },
  synced: {
    make: async () => {},
    async clear(world) {
      await dropRows(world, 'Route', 'app-1');
      people(world).remove('app-1', 'pg');
      await reconcile(world);
    },
  },
};

describe('the table of states and who clears them', () => {
  it('has every state, and no other', () => {
    const inCode = ROW_STATES.toSorted();
    expect(firstColumn('state')).toEqual(inCode);
    // What has no target is the other table's.
    expect([...Object.keys(STATES), 'problem'].toSorted()).toEqual(inCode);
  });

  it.each(Object.entries(STATES))('is true of state %s', async (state, { options, make, clear }) => {
    const world = await settled(options);
    await make(world);
    expect(await stateOf(world)).toBe(state);
    await clear(world);
    expect(await stateOf(world)).not.toBe(state);
  });

  it('is true of all rows of a cluster that is registered no more', async () => {
    const world = await settled({ clusters: { 'weu-1': {}, 'weu-2': {} } });
    await dropRows(world, 'Cluster', 'weu-2');
    await reconcile(world);
    expect(await rowsOf(world, 'weu-2')).toEqual([]);
    expect(await rowsOf(world, 'weu-1')).toHaveLength(1);
  });

  it('is true of the back-off of a cluster', async () => {
    const world = await settled();
    const up = world.ports.kubernetes.fail({ code: 'CLUSTER_UNREACHABLE' });
    await reconcile(world);
    expect((await world.ports.status.backOffs(signal)).size).toBe(1);
    up();
    await world.ports.clock.advance(HOUR_MS);
    await reconcile(world);
    expect((await world.ports.status.backOffs(signal)).size).toBe(0);
  });
});
