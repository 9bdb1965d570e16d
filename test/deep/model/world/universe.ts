import { AsyncLocalStorage } from 'node:async_hooks';
import { createProcess } from '../../../../shared/deliver/process.ts';
import { sharedReads } from '../../../../shared/deliver/shared-reads.ts';
import { failureOf, VaultcastError } from '../../../../shared/errors.ts';
import type { Log, Ports, Settings } from '../../../../shared/ports.ts';
import type { LogLine } from '../../../../shared/status/log-line.ts';
import type { LiveSecret } from '../../../../shared/target/secret.ts';
import { INSTANCE, VAULTS } from '../../../support/builders.ts';
import { createFakeKubernetes, type FakeKubernetes } from '../../../support/fakes/kubernetes.ts';
import { createFakeQueue, type FakeQueue } from '../../../support/fakes/queue.ts';
import { fakeRegistry, type FakeRegistry } from '../../../support/fakes/registry.ts';
import { createFakeStatus, type FakeStatus } from '../../../support/fakes/status.ts';
import { createDice, type Dice } from '../../../support/seeded.ts';
import { type Admission, createAdmission } from './admission.ts';
import { type Call, isWrite, type PortName, SILENCE, timeOutOf, wired } from './call.ts';
import { createFaults, type Faults, type When } from './faults.ts';
import { type Fleet, FLEETS, type FleetName } from './fleet.ts';
import { History, type Mark } from './history.ts';
import { clockOf, createTime, settle, type Time } from './time.ts';
import { createReplicas, type Replicas } from './vault.ts';

/** What differs between worlds. */
export interface Setting {
  fleet: FleetName;
  /** How far the clock of each instance is off, ms. */
  skews: readonly number[];
  /** What the vault's clock is behind, ms. */
  vaultBehindMs: number;
}

/** One process of the app: its reads are shared, its clock is its own, and it dies as a whole. */
export interface Instance {
  id: number;
  skewMs: number;
  isDead: boolean;
  /** Ends every wait of this process. */
  ends: Set<() => void>;
  ports: Ports;
  settings: Settings;
}

/** One invocation of a function on an instance. */
export interface Task {
  name: string;
  instance: Instance;
  /** Of a queue, when it is about one. */
  message: unknown;
  started: Mark;
  isOver: boolean;
  onCrash: () => void;
}

type Work = (task: Task, ports: Ports) => Promise<unknown>;

/** A call that waits for its turn. */
export interface Gate {
  call: Call;
  task: Task;
  /** Nobody waits for its answer any more; it may take effect all the same. */
  isAbandoned: boolean;
  release(): void;
  abandon(error: VaultcastError): void;
}

/** Who is told of calls and lines; `effect` is told before a call takes effect, what it returns with the answer afterwards. */
export interface Observer {
  effect?(call: Call, task: Task): (answer: unknown) => void;
  answer?(call: Call, task: Task, answer: unknown): void;
  /** A request leaves the process; what it returns is told when it has ended. */
  begins?(call: Call, task: Task): () => void;
  /** A read of the vault, as an invocation asks for it; what it returns is told when the invocation waits for it no more. */
  asks?(call: Call, task: Task): () => void;
  fault?(call: Call, task: Task, name: string, when: When): void;
  line?(line: LogLine, task: Task | undefined): void;
  /** People changed this Secret, or took it away. */
  edited?(before: LiveSecret): void;
  /** People changed anything at all. */
  changed?(): void;
}

export interface Universe {
  fleet: Fleet;
  time: Time;
  /** Of every choice that no step makes; another one for each step. */
  dice: Dice;
  history: History;
  vault: Replicas;
  kubernetes: FakeKubernetes;
  registry: FakeRegistry;
  queue: FakeQueue;
  status: FakeStatus;
  faults: Faults;
  admission: Admission;
  instances: Instance[];
  gates: Gate[];
  tasks: Task[];
  observers: Observer[];
  start(
    instance: Instance,
    name: string,
    work: Work,
    also?: { onCrash?: () => void; message?: unknown },
  ): Task;
  /** The process is gone with all that runs in it; another one takes its place. */
  kill(instance: Instance): Promise<void>;
}

/** Targets that a process works on at once. */
const PLACES = 8;
const POLICY_AT = ['weu-1'];
const lost = (): VaultcastError => new VaultcastError('INTERNAL', 'the instance was killed');

/** How often a request of somebody who waits no more, or is dead, takes effect all the same. */
const LATE_LANDING = 0.4;

export function createUniverse({ fleet: fleetName, skews, vaultBehindMs }: Setting): Universe {
  const fleet: Fleet = FLEETS[fleetName];
  const time = createTime();
  const current = new AsyncLocalStorage<Task>();
  const page = (): Promise<void> => {
    const task = current.getStore();
    if (task === undefined) return Promise.resolve();
    if (task.instance.isDead) return Promise.reject(lost());
    const call: Call = { port: 'vault', method: 'page', args: [] };
    return through(universe, task, call, undefined, () => Promise.resolve()) as Promise<void>;
  };
  const universe: Universe = {
    fleet,
    time,
    dice: createDice(1),
    history: new History(),
    vault: createReplicas(time, () => universe.dice.happens(0.5), fleet, { page, vaultBehindMs }),
    kubernetes: createFakeKubernetes(),
    registry: fakeRegistry(),
    queue: createFakeQueue(time),
    status: createFakeStatus(),
    faults: createFaults(),
    admission: createAdmission(POLICY_AT),
    instances: [],
    gates: [],
    tasks: [],
    observers: [],
    start(instance, name, work, { onCrash = () => {}, message } = {}) {
      const started = universe.history.mark(time.now());
      const task: Task = { name, instance, message, started, isOver: false, onCrash };
      universe.tasks.push(task);
      const end = (): void => {
        task.isOver = true;
        universe.tasks = universe.tasks.filter((one) => one !== task);
      };
      current.run(task, () => work(task, instance.ports)).then(end, end);
      return task;
    },
    async kill(instance) {
      instance.isDead = true;
      const mine = universe.tasks.filter((task) => task.instance === instance);
      for (const gate of universe.gates.filter((one) => one.task.instance === instance)) gate.abandon(lost());
      for (const end of instance.ends) end();
      await settle();
      for (const task of mine) {
        task.isOver = true;
        task.onCrash();
      }
      universe.tasks = universe.tasks.filter((one) => !mine.includes(one));
      universe.instances[instance.id] = createInstance(universe, current, instance.id, instance.skewMs);
    },
  };
  universe.instances = skews.map((skewMs, id) => createInstance(universe, current, id, skewMs));
  return universe;
}

function createInstance(
  universe: Universe,
  current: AsyncLocalStorage<Task>,
  id: number,
  skewMs: number,
): Instance {
  const { time, vault, kubernetes, registry, queue, status } = universe;
  const ends = new Set<() => void>();
  const wire = <P extends object>(port: PortName, real: P): P =>
    wired(port, real, (call, signal, effect) => {
      const task = current.getStore();
      if (task === undefined || task.instance.isDead) return Promise.reject(lost());
      return through(universe, task, call, signal, () => current.run(task, effect));
    });
  const heard = wired('vault', sharedReads(wire('vault', vault.port)), async (call, _signal, effect) => {
    const task = current.getStore();
    if (task === undefined) return effect();
    const ended = universe.observers.map((one) => one.asks?.(call, task));
    try {
      const answer = await effect();
      for (const one of universe.observers) one.answer?.(call, task, answer);
      return answer;
    } finally {
      for (const end of ended) end?.();
    }
  });
  const line = (said: LogLine): void => {
    if (!instance.isDead) for (const one of universe.observers) one.line?.(said, current.getStore());
  };
  const log: Log = { line, failure: (error) => line(failureOf(error)) };
  const ports: Ports = {
    clock: clockOf(time, skewMs, () => universe.dice.next(), ends),
    vault: heard,
    kubernetes: wire('kubernetes', kubernetes),
    registry: wire('registry', registry),
    queue: wire('queue', queue),
    status: wire('status', status),
    log,
  };
  const process = createProcess(ports, PLACES);
  const { routing } = process;
  const told: typeof routing = {
    clusters: (signal) => routing.clusters(signal),
    async routesByPrefix(...args) {
      const answer = await routing.routesByPrefix(...args);
      const task = current.getStore();
      if (task !== undefined)
        for (const one of universe.observers)
          one.answer?.({ port: 'registry', method: 'routing', args }, task, answer);
      return answer;
    },
  };
  const settings = {
    vaults: VAULTS,
    instance: INSTANCE,
    process: { ...process, routing: told },
    eventBudgetMs: 20_000,
  };
  const instance: Instance = { id, skewMs, isDead: false, ends, ports, settings };
  return instance;
}

/**
 * A call waits for its turn, meets the fault that is armed for it, takes effect, and is answered; who waits too long, or no
 * more, gets no answer, but what was sent may take effect later.
 */
function through(
  universe: Universe,
  task: Task,
  call: Call,
  signal: AbortSignal | undefined,
  effect: () => Promise<unknown>,
): Promise<unknown> {
  const { time, gates } = universe;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const { code } = SILENCE[call.port];
  const silence = (why: string): VaultcastError =>
    new VaultcastError(code, `${call.port}.${call.method} ${why}`);
  const giveUp = (): void => gate.abandon(silence('was given up'));
  const cancel = time.after(timeOutOf(call), () => gate.abandon(silence('got no answer in time')));
  const begun = universe.observers.map((one) => one.begins?.(call, task));
  const end = (then: () => void): void => {
    for (const ended of begun.splice(0)) ended?.();
    cancel();
    signal?.removeEventListener('abort', giveUp);
    then();
  };
  const told = (answer: unknown): void => {
    resolve(answer);
    if (gate.isAbandoned || call.port === 'vault') return;
    for (const one of universe.observers) one.answer?.(call, task, answer);
  };
  const leave = (): void => {
    const index = gates.indexOf(gate);
    if (index >= 0) gates.splice(index, 1);
  };
  const gate: Gate = {
    call,
    task,
    isAbandoned: false,
    abandon(error) {
      if (!(isWrite(call) && universe.dice.happens(LATE_LANDING))) leave();
      gate.isAbandoned = true;
      end(() => reject(error));
    },
    release() {
      leave();
      carryOut(universe, task, call, effect).then(
        (answer) => answer !== NOTHING && end(() => told(answer)),
        (error: unknown) => end(() => reject(error)),
      );
    },
  };
  if (signal?.aborted) end(() => reject(silence('was not begun')));
  else gates.push(gate);
  signal?.addEventListener('abort', giveUp);
  return promise;
}

/** No answer ever comes. */
const NOTHING = Symbol('nothing');

async function carryOut(
  universe: Universe,
  task: Task,
  call: Call,
  effect: () => Promise<unknown>,
): Promise<unknown> {
  const { faults, time, observers } = universe;
  const fault = faults.strike(call, time.now());
  if (fault !== undefined) for (const one of observers) one.fault?.(call, task, fault.name, fault.when);
  const fail = (): never => {
    const { code = 'INTERNAL', retryAfterMs } = fault ?? {};
    throw new VaultcastError(code, `${call.port}.${call.method} fails with ${code}`, { retryAfterMs });
  };
  if (fault?.when === 'before') return fail();
  if (fault?.when === 'silent' && !(isWrite(call) && universe.dice.happens(0.5))) return NOTHING;
  if (fault?.when === 'moved') await moveRows(universe, call);
  const refusal = refusalOf(universe, call);
  if (refusal !== undefined) throw refusal;
  const after = observers.map((one) => one.effect?.(call, task));
  const answer = await effect();
  for (const one of after) one?.(answer);
  if (fault?.when === 'after') return fail();
  return fault?.when === 'silent' ? NOTHING : answer;
}

function refusalOf({ admission, history, time }: Universe, call: Call): VaultcastError | undefined {
  if (call.port !== 'kubernetes' || (!isWrite(call) && call.method !== 'tryCreate')) return undefined;
  const [cluster = '', namespace = ''] = (call.place ?? '').split('/');
  const accept = history.now.namespaces.get(`${cluster}/${namespace}`) ?? '';
  return admission.refusal(call, accept, time.now());
}

/** Somebody else writes the same rows, as they are: what was read of them is no condition any more. */
async function moveRows({ status }: Universe, { args }: Call): Promise<void> {
  const rows = (args[0] as readonly unknown[]).map((one) =>
    typeof one === 'object' && one !== null && 'row' in one ? one.row : one,
  ) as readonly { cluster: string; id: string }[];
  for (const { cluster, id } of rows) {
    const stored = await status.row('Targets', cluster, id);
    if (stored !== undefined) await status.put('Targets', { ...stored, partitionKey: cluster, rowKey: id });
  }
}
