import { onReconcileMessage } from '../../../shared/commands/orders.ts';
import type { Code } from '../../../shared/errors.ts';
import { startRun } from '../../../shared/reconcile/start.ts';
import { onPushMessage } from '../../../shared/sync.ts';
import { onVaultEvent } from '../../../shared/sync.ts';
import { aSecretEvent } from '../../support/builders.ts';
import {
  changeCluster,
  changeNamespace,
  changeRoute,
  changeSecret,
  createModel,
  editSecret,
  type Model,
  nameOf,
  remember,
  rotate,
} from './people.ts';
import { type Program, SECRETS, type Step } from './program.ts';
import { isRid, isUpToDate, isWholeIfThere, wrongTargets } from './reference.ts';
import { type Gate, kill, randomOf, settle, type Task } from './universe.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Runs a program and returns what broke a rule: nothing, if all is well. `tell` hears of every step and every call. */
export async function wrongsOf(program: Program, tell: (line: string) => void = () => {}): Promise<string[]> {
  const model = await createModel(tell);
  const { witness } = model;
  if (program.settled) {
    await quietRun(model);
    await model.universe.ports.clock.advance(11 * MINUTE_MS);
    await quietRun(model);
  }
  const mend: (() => void)[] = [];
  for (const step of program.steps) await take(model, step, mend);
  for (const one of mend) one();
  thaw(model);
  await finishAll(model);
  if (program.calm) await drainPush(model);
  const early = program.calm ? label('after its events', wrongTargets(model, isWholeIfThere)) : [];
  return [...early, ...(await quietWrongs(model)), ...label('at a write', witness.wrongs)];
}

const label = (when: string, wrongs: readonly string[]): string[] => wrongs.map((one) => `${when}: ${one}`);

/** What a few quiet runs leave wrong, or still do when nothing is left to be done. */
async function quietWrongs(model: Model): Promise<string[]> {
  const { clock, vault, kubernetes, status } = model.universe.ports;
  await clock.advance(11 * MINUTE_MS);
  await quietRun(model);
  const behind = label('after a quiet run', wrongTargets(model, isUpToDate));
  for (let run = 0; run < 3; run += 1) {
    await clock.advance(HOUR_MS + MINUTE_MS);
    await quietRun(model);
  }
  const left = label('after four quiet runs', [
    ...wrongTargets(model, isUpToDate),
    ...wrongTargets(model, isRid),
  ]);
  for (const log of [vault.log, kubernetes.log, status.log]) log.length = 0;
  await clock.advance(MINUTE_MS);
  await quietRun(model);
  const noisy = [...vault.log, ...kubernetes.log, ...status.log].filter(isNoise);
  return [...behind, ...left, ...label('in the steady state', noisy)];
}

function isNoise(call: string): boolean {
  return /^(?:vault\.read|kubernetes\.(?:create|replace|remove) |status\.(?:save|forget)Targets)/.test(call);
}

async function take(model: Model, step: Step, mend: (() => void)[]): Promise<void> {
  model.tell(`-- ${JSON.stringify(step)}`);
  switch (step.do) {
    case 'go':
      return go(model, step);
    case 'wait':
      thaw(model);
      return model.universe.ports.clock.advance(step.ms);
    case 'event':
      return void startEvent(model, step.secret);
    case 'run':
      await model.universe.ports.clock.advance(1000);
      return void model.universe.start('timer', () => startRun(model.universe.ports));
    case 'poll':
      return void poll(model, step.queue);
    case 'crash':
      return crash(model, step.task);
    case 'fault':
      return void mend.push(fail(model, step));
    case 'lag':
      return lag(model);
    default:
      await change(model, step);
      return remember(model);
  }
}

type Change = Extract<Step, { do: 'rotate' | 'secret' | 'edit' | 'namespace' | 'route' | 'cluster' }>;

async function change(model: Model, step: Change): Promise<void> {
  switch (step.do) {
    case 'rotate':
      rotate(model, step);
      for (let told = 0; told < step.told; told += 1) startEvent(model, step.secret);
      return undefined;
    case 'secret':
      return changeSecret(model, step);
    case 'edit':
      return editSecret(model, step);
    case 'namespace':
      return changeNamespace(model, step);
    case 'route':
      return changeRoute(model, step);
    case 'cluster':
      return changeCluster(model, step);
  }
}

/** What changes from now on is of a later second: versions of one second have no order that a reader could know. */
async function lag({ universe, witness }: Model): Promise<void> {
  if (universe.lag !== undefined) return;
  universe.lag = universe.history.now;
  witness.lagBegins();
  await universe.ports.clock.advance(1000);
}

/** All reads see the vault as it is. A replica lags for minutes at most. */
function thaw({ universe, witness }: Model): void {
  universe.lag = undefined;
  witness.lagEnds();
}

let events = 0;

/** Event Grid delivers an event again that was not acknowledged; a crash loses it, as its retries may end some day. */
function startEvent(model: Model, secret: number): Task {
  const { universe } = model;
  const { ports, settings } = universe;
  const name = nameOf(SECRETS, secret);
  events += 1;
  const event = aSecretEvent({ name, id: `event-${events}` });
  const work = (task: Task): Promise<void> =>
    onVaultEvent([event], ports, settings).catch(() => {
      if (!task.dead) model.undelivered.push(secret);
    });
  return universe.start(`event ${events} of ${name}`, work);
}

function poll({ universe }: Model, queue: 'push' | 'reconcile'): Task | undefined {
  const { ports, settings } = universe;
  const delivery = ports.queue.receive(queue);
  if (delivery === undefined) return undefined;
  const handle = queue === 'push' ? onPushMessage : onReconcileMessage;
  const work = async (task: Task): Promise<void> => {
    const isDone = await handle(delivery.message, ports, settings).then(
      () => true,
      () => false,
    );
    if (task.dead) return;
    if (isDone) delivery.complete();
    else delivery.abandon(30_000);
  };
  return universe.start(`message of ${queue}`, work, () => delivery.abandon(30_000));
}

async function crash({ universe }: Model, which: number): Promise<void> {
  const alive = universe.tasks.filter((task) => !task.over);
  const task = alive[which % Math.max(1, alive.length)];
  if (task !== undefined) await kill(universe, task);
}

const FAULTS: readonly { of: 'kubernetes' | 'vault' | 'status' | 'queue'; code: Code; when: RegExp }[] = [
  { of: 'kubernetes', code: 'CLUSTER_THROTTLED', when: /secret |namespace / },
  { of: 'kubernetes', code: 'CLUSTER_TIMEOUT', when: /create|replace|remove/ },
  { of: 'kubernetes', code: 'CLUSTER_FORBIDDEN', when: /managedSecrets|namespaces/ },
  { of: 'vault', code: 'VAULT_THROTTLED', when: /read/ },
  { of: 'vault', code: 'VAULT_FORBIDDEN', when: /list/ },
  { of: 'status', code: 'STATUS_UNAVAILABLE', when: /./ },
];

function fail({ universe }: Model, { which, times, answered }: Extract<Step, { do: 'fault' }>): () => void {
  const fault = FAULTS[which % FAULTS.length] ?? FAULTS[0];
  if (fault === undefined) return () => {};
  const { of, code, when } = fault;
  const moment = answered ? 'before' : 'after';
  return universe.ports[of].fail({ code, times, moment, when: (call) => when.test(call) });
}

/** Lets calls take effect: any of them at random, or for a while only those of one instance. */
async function go(model: Model, { turns, seed, hold }: Extract<Step, { do: 'go' }>): Promise<void> {
  const random = randomOf(seed);
  const { universe } = model;
  const isIdle = (): boolean => universe.gates.length === 0;
  const pick = <T>(among: readonly T[]): T | undefined => among[Math.floor(random() * among.length)];
  let [favourite, held]: (Task | undefined)[] = [];
  for (let turn = 0; turn < turns && isBusy(universe); turn += 1) {
    if (isIdle() || random() < 0.04) await universe.ports.clock.advance(250);
    if (random() < 0.2) favourite = random() < 0.4 ? undefined : pick(universe.gates)?.task;
    held ??= universe.gates.find((gate) => isHeldBy(hold, gate))?.task;
    const free = universe.gates.filter((gate) => gate.task !== held || !isHeldBy(hold, gate));
    await release(model, pick(preferred(free, favourite)));
  }
}

function isBusy({ gates, tasks }: Model['universe']): boolean {
  return gates.length > 0 || tasks.some((task) => !task.over);
}

function preferred(gates: readonly Gate[], favourite: Task | undefined): readonly Gate[] {
  const mine = gates.filter((gate) => gate.task === favourite);
  return mine.length > 0 ? mine : gates;
}

function isHeldBy(hold: string, { call }: Gate): boolean {
  return /^(?:kubernetes|vault)\.(\w+) /.exec(call)?.[1] === hold;
}

async function release({ universe, witness, tell }: Model, gate: Gate | undefined): Promise<void> {
  if (gate === undefined) return;
  tell(`${gate.task.name}: ${gate.call}`);
  universe.gates.splice(universe.gates.indexOf(gate), 1);
  await witness.watch(gate, async () => {
    gate.release();
    await settle();
  });
}

/** Everything that runs comes to its end, first come, first served. */
async function finishAll(model: Model): Promise<void> {
  const { universe } = model;
  for (let rounds = 0; universe.tasks.some((task) => !task.over); rounds += 1) {
    if (rounds > 20_000)
      throw new Error(
        `no end: ${universe.tasks
          .filter((task) => !task.over)
          .map((task) => task.name)
          .join(', ')}`,
      );
    if (universe.gates.length > 0) await release(model, universe.gates[0]);
    else await universe.ports.clock.advance(500);
  }
}

async function drainPush(model: Model): Promise<void> {
  const { queue, clock } = model.universe.ports;
  for (let secret = model.undelivered.pop(); secret !== undefined; secret = model.undelivered.pop()) {
    startEvent(model, secret);
    await finishAll(model);
  }
  for (let round = 0; round < 200 && queue.waiting('push').length > 0; round += 1) {
    if (poll(model, 'push') === undefined) await clock.advance(30_000);
    await finishAll(model);
  }
}

async function quietRun(model: Model): Promise<void> {
  const { universe } = model;
  await universe.ports.clock.advance(1000);
  universe.start('timer', () => startRun(universe.ports));
  await finishAll(model);
  while (poll(model, 'reconcile') !== undefined) await finishAll(model);
}
