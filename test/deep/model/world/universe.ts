import { AsyncLocalStorage } from 'node:async_hooks';
import { createProcess } from '../../../../shared/deliver/process.ts';
import { sharedReads } from '../../../../shared/deliver/shared-reads.ts';
import { failureOf, VaultcastError } from '../../../../shared/errors.ts';
import type { Ports } from '../../../../shared/ports.ts';
import type { LogLine } from '../../../../shared/status/log-line.ts';
import { INSTANCE, VAULTS } from '../../../support/builders.ts';
import { createFakeKubernetes } from '../../../support/fakes/kubernetes.ts';
import { createFakeQueue } from '../../../support/fakes/queue.ts';
import { fakeRegistry } from '../../../support/fakes/registry.ts';
import { createFakeStatus } from '../../../support/fakes/status.ts';
import { createDice } from '../../../support/seeded.ts';
import { createAdmission } from './admission.ts';
import { wired, type Call, type PortName } from './call.ts';
import { createFaults } from './faults.ts';
import { FLEETS, type Fleet } from './fleet.ts';
import { History } from './history.ts';
import { clockOf, createTime, settle } from './time.ts';
import { createReplicas } from './vault.ts';
import { through } from './passage.ts';
import type { Setting, Instance, Task, Universe } from './shape.ts';

/** Targets that a process works on at once. */
const PLACES = 8;
const POLICY_AT = ['weu-1'];
const lost = (): VaultcastError => new VaultcastError('INTERNAL', 'the instance was killed');

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
    lostRows: new Set(),
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
  const log: Ports['log'] = { line, failure: (error) => line(failureOf(error)) };
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
