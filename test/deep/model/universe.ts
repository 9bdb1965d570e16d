import { AsyncLocalStorage } from 'node:async_hooks';
import { VaultcastError } from '../../../shared/errors.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { SourceRead } from '../../../shared/source/source.ts';
import type { Settings } from '../../../shared/ports.ts';
import { INSTANCE, VAULTS } from '../../support/builders.ts';
import { createFakeClock, type FakeClock } from '../../support/fakes/clock.ts';
import { createFakeKeyVault, type FakeKeyVault } from '../../support/fakes/key-vault.ts';
import { createFakeKubernetes, type FakeKubernetes } from '../../support/fakes/kubernetes.ts';
import { createFakeLog, type FakeLog } from '../../support/fakes/log.ts';
import { createFakeQueue, type FakeQueue } from '../../support/fakes/queue.ts';
import { fakeRegistry, type FakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus, type FakeStatus } from '../../support/fakes/status.ts';
import { createProcess } from '../../../shared/deliver/process.ts';
import { History, latestOf, type Mark, type Moment } from './history.ts';

/** One piece of work on one instance: it may be killed between any two of its calls. */
export interface Task {
  name: string;
  started: Mark;
  dead: boolean;
  over: boolean;
  /** When it first looked at a namespace and its Secrets: by `cluster/namespace`. */
  looked: Map<string, Mark>;
  onCrash: () => void;
}

/** A call that waits for its turn. */
export interface Gate {
  task: Task;
  call: string;
  release: () => void;
  die: () => void;
}

interface FakePorts extends Ports {
  vault: FakeKeyVault;
  kubernetes: FakeKubernetes;
  registry: FakeRegistry;
  queue: FakeQueue;
  status: FakeStatus;
  log: FakeLog;
  clock: FakeClock;
}

export interface Universe {
  ports: FakePorts;
  settings: Settings;
  gates: Gate[];
  tasks: Task[];
  history: History;
  /** A replica that stands still at that moment answers about half of the reads; the other one is up to date. */
  lag: Moment | undefined;
  /** `onCrash` instead of the end of its work, when the instance is killed. */
  start(name: string, work: (task: Task) => Promise<unknown>, onCrash?: () => void): Task;
}

/** Work that can go on without a call or time does so before the next turn. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Fakes whose calls wait until the schedule gives them a turn. What people do, outside of a task, takes effect at once. */
export function createUniverse(): Universe {
  const current = new AsyncLocalStorage<Task>();
  const gates: Gate[] = [];
  const hook = (call: string): Promise<void> => {
    const task = current.getStore();
    if (task === undefined || call.endsWith(' done')) return Promise.resolve();
    if (task.dead) return Promise.reject(lostCall());
    return new Promise((release, reject) =>
      gates.push({ task, call, release, die: () => reject(lostCall()) }),
    );
  };
  const ports = portsOf(hook);
  const coin = randomOf(1);
  const read = ports.vault.read.bind(ports.vault);
  ports.vault.read = async (ref, signal) => {
    const fresh = await read(ref, signal);
    return universe.lag === undefined || coin() < 0.5
      ? fresh
      : readAt(universe.lag, ref.name, ports.clock.now());
  };
  const universe: Universe = {
    ports,
    settings: { vaults: VAULTS, instance: INSTANCE, process: createProcess(ports, 8), eventBudgetMs: 20_000 },
    gates,
    tasks: [],
    history: new History(),
    lag: undefined,
    start(name, work, onCrash = () => {}) {
      const task: Task = {
        name,
        started: universe.history.mark(universe.ports.clock.now()),
        dead: false,
        over: false,
        looked: new Map(),
        onCrash,
      };
      universe.tasks.push(task);
      const end = (): void => void (task.over = true);
      current.run(task, () => work(task)).then(end, end);
      return task;
    },
  };
  return universe;
}

/** What a replica answers that stands still at a moment. */
function readAt(moment: Moment, name: string, nowMs: number): SourceRead {
  const latest = latestOf(moment, name);
  if (latest === undefined) return { state: 'deleted' };
  if (!latest.enabled) return { state: 'disabled' };
  const { version, value, created, updated, nbf, exp } = latest;
  const dates = {
    ...(nbf === undefined ? {} : { notBefore: nbf }),
    ...(exp === undefined ? {} : { expires: exp }),
  };
  const seconds = Math.floor(nowMs / 1000);
  const known = { name, enabled: true, created, updated, tags: {}, ...dates };
  return { state: 'readable', version: { ...known, version, value, readAt: seconds } };
}

function portsOf(hook: (call: string) => Promise<void>): FakePorts {
  const clock = createFakeClock();
  const registry = fakeRegistry();
  registry.before = (call) => hook(`registry.${call}`);
  return {
    clock,
    registry,
    vault: createFakeKeyVault({ vaults: ['team'], now: () => clock.now(), hook, pageSize: 2 }),
    kubernetes: createFakeKubernetes(hook),
    queue: createFakeQueue(clock, hook),
    status: createFakeStatus(hook),
    log: createFakeLog(() => clock.now()),
  };
}

/** No call of a killed instance takes effect any more. It is told so, for what it holds in this process to be let go. */
const lostCall = (): VaultcastError => new VaultcastError('INTERNAL', 'the instance was killed');

export async function kill(universe: Universe, task: Task): Promise<void> {
  task.dead = true;
  task.over = true;
  for (const gate of universe.gates.filter((one) => one.task === task)) {
    universe.gates.splice(universe.gates.indexOf(gate), 1);
    gate.die();
  }
  await settle();
  task.onCrash();
}

/** Small, and the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
