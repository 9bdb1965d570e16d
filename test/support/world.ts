import { expect } from 'vitest';
import { createProcess } from '../../shared/deliver/process.ts';
import { sharedReads } from '../../shared/deliver/shared-reads.ts';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import type { Ports, Settings } from '../../shared/ports.ts';
import { onPushMessage, onVaultEvent } from '../../shared/sync.ts';
import { aSecretEvent, INSTANCE, VAULTS } from './builders.ts';
import { stored, writtenCluster, writtenRoute } from './documents.ts';
import { createFakeClock, type FakeClock } from './fakes/clock.ts';
import { createFakeKeyVault, type FakeKeyVault } from './fakes/key-vault.ts';
import { createFakeKubernetes, type FakeKubernetes } from './fakes/kubernetes.ts';
import { createFakeLog, type FakeLog } from './fakes/log.ts';
import { createFakeQueue, type FakeQueue } from './fakes/queue.ts';
import { fakeRegistry, type FakeRegistry } from './fakes/registry.ts';
import { createFakeStatus, type FakeStatus } from './fakes/status.ts';

interface FakePorts extends Ports {
  /** As one process sees it: its reads are shared. */
  vault: FakeKeyVault;
  kubernetes: FakeKubernetes;
  registry: FakeRegistry;
  queue: FakeQueue;
  status: FakeStatus;
  log: FakeLog;
  clock: FakeClock;
}

type Fields = Record<string, unknown>;

export interface WorldOptions {
  /** Cluster name -> its spec; default one cluster, weu-1. */
  clusters?: Record<string, Fields>;
  /** Route name -> its spec; default app-1, from app-1-- to namespace app-1. */
  routes?: Record<string, Fields>;
  /** Namespace -> what it accepts, in every cluster; undefined: no annotation. Default app-1 accepts app-1--. */
  namespaces?: Record<string, string | undefined>;
  settings?: Partial<Settings>;
  /** Targets worked on at once. Default 64. */
  places?: number;
  clock?: FakeClock;
  /** Reads of the vault see what was true that long ago. */
  replicaLagMs?: number;
  /** The vault's clock is that much behind the app's. */
  vaultBehindMs?: number;
}

export interface World {
  ports: FakePorts;
  /** Ports of a process of its own, with a log of its own. */
  otherProcess(): Ports;
  settings: Settings;
  /** Awaited before and after the effect of every call (then its name ends in ` done`); replace it to interfere. */
  before: (call: string) => Promise<void>;
  /** Sets a secret of vault team and returns its version. */
  set(name: string, value: string, options?: Fields): string;
  /** Delivers an event of vault team; time passes only while it waits. */
  event(name?: string, id?: string): Promise<void>;
  /** Handles what waits in the queue, each message at its time, until none is left, or for as long as is said. */
  drain(forMs?: number): Promise<void>;
  /** What a namespace's Secret holds as text, by key; undefined when there is none. */
  data(target?: string): Record<string, string> | undefined;
  /** Calls of Kubernetes that write, in order. */
  writes(): string[];
  /** How often the value of a secret was read. */
  valueReads(name: string): number;
}

function fakesOf(options: WorldOptions, hook: (call: string) => Promise<void>): FakePorts {
  const { clock = createFakeClock(), clusters = { 'weu-1': {} }, routes = { 'app-1': {} } } = options;
  const documents = [
    ...Object.entries(clusters).map(([name, spec]) => stored(writtenCluster(name, spec))),
    ...Object.entries(routes).map(([name, spec]) => stored(writtenRoute(name, spec))),
  ];
  const registry = fakeRegistry(...documents);
  registry.before = (call) => hook(`registry.${call}`);
  const { replicaLagMs = 0, vaultBehindMs = 0 } = options;
  const vaults = { vaults: [...VAULTS.keys()], now: () => clock.now() - vaultBehindMs, replicaLagMs, hook };
  return {
    clock,
    registry,
    vault: createFakeKeyVault(vaults),
    kubernetes: createFakeKubernetes(hook),
    queue: createFakeQueue(clock, hook),
    status: createFakeStatus(hook),
    log: createFakeLog(() => clock.now()),
  };
}

/** All fakes wired as one world, on a clock that moves only when a test says so. */
export function createWorld(options: WorldOptions = {}): World {
  const fakes = fakesOf(options, (call) => world.before(call));
  const ports = { ...fakes, vault: sharedReads(fakes.vault) };
  const { namespaces = { 'app-1': 'app-1--' }, clusters = { 'weu-1': {} } } = options;
  for (const cluster of Object.keys(clusters))
    for (const [name, accept] of Object.entries(namespaces))
      ports.kubernetes
        .people(cluster)
        .createNamespace(name, accept === undefined ? {} : { 'vaultcast.dev/accept': accept });
  const settings: Settings = {
    vaults: VAULTS,
    instance: INSTANCE,
    process: createProcess(ports, options.places ?? 64),
    eventBudgetMs: 20_000,
    ...options.settings,
  };
  const world: World = {
    ports,
    otherProcess: () => ({ ...fakes, vault: sharedReads(fakes.vault), log: createFakeLog() }),
    settings,
    before: async () => {},
    set: (name, value, attributes) => ports.vault.people.set('team', name, value, attributes),
    event: (name = 'app-1--pg--password', id = 'event-1') =>
      finish(
        ports.clock,
        onVaultEvent([aSecretEvent({ name, id, ...announced(ports, name) })], ports, settings),
      ),
    drain: (forMs) => drain(world, forMs === undefined ? undefined : ports.clock.now() + forMs),
    data: (target = 'weu-1/app-1/pg') => dataOf(ports.kubernetes, target),
    writes: () => ports.kubernetes.log.filter((call) => /^kubernetes\.(create|replace|remove) /.test(call)),
    valueReads: (name) => ports.vault.log.filter((call) => isValueRead(call, name)).length,
  };
  return world;
}

/** The last version that was set, as its event tells of it. */
export function announced({ vault }: FakePorts, name: string): { version?: string; time?: string } {
  const last = vault.people.history('team', name).at(-1);
  return last === undefined
    ? {}
    : { version: last.version, time: new Date(last.created * 1000 + 123).toISOString() };
}

const isValueRead = (call: string, name: string): boolean =>
  /^vault\.read(?:Version)? /.test(call) && call.replace(/@.*/, '').endsWith(`/${name}`);

/** Waits for work that may wait for time: lets it pass in small steps. */
export async function finish<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let over = false;
  const done = work.finally(() => (over = true));
  // A rejection is the caller's to see, below.
  done.catch(() => {});
  for (let step = 0; step < 1200; step += 1) {
    await clock.advance(step === 0 ? 0 : 100);
    if (over) return done;
  }
  throw new Error('the work does not end within two minutes');
}

/** Works both queues off, in the order in which their messages become visible. */
async function drain({ ports, settings }: World, until: number | undefined): Promise<void> {
  const { clock, queue } = ports;
  for (let handled = 0; handled < 1000; handled += 1) {
    const [name, next] = nextVisible(ports);
    if (until === undefined && next === Infinity) return;
    if (until !== undefined && next > until) return clock.advance(until - clock.now());
    if (next > clock.now()) await clock.advance(next - clock.now());
    const delivery = queue.receive(name);
    if (delivery === undefined) throw new Error('a message is visible and cannot be received');
    const handle = name === 'push' ? onPushMessage : onReconcileMessage;
    await finish(clock, handle(delivery.message, ports, settings));
    delivery.complete();
  }
  throw new Error('the queues do not run dry');
}

function nextVisible({ queue }: FakePorts): ['push' | 'reconcile', number] {
  const first = (name: 'push' | 'reconcile'): number =>
    Math.min(...queue.waiting(name).map(({ visibleAt }) => visibleAt));
  return first('reconcile') < first('push') ? ['reconcile', first('reconcile')] : ['push', first('push')];
}

function dataOf(kubernetes: FakeKubernetes, target: string): Record<string, string> | undefined {
  const [cluster = '', namespace = '', name = ''] = target.split('/');
  const secret = kubernetes.people(cluster).secret(namespace, name);
  if (secret === undefined) return undefined;
  const decoded = Object.entries(secret.data).map(([key, value]) => [
    key,
    Buffer.from(value, 'base64').toString(),
  ]);
  return Object.fromEntries(decoded) as Record<string, string>;
}

/** The only outcome of a run. */
export function onlyOutcome({ ports }: World) {
  expect(ports.log.outcomes).toHaveLength(1);
  return ports.log.outcomes[0];
}
