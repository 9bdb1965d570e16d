import type { Step } from '../program/steps.ts';
import { createDice, type Dice } from '../../../support/seeded.ts';
import { deliverAgain, nextIntake, poll } from './intake.ts';
import type { Model } from './model.ts';
import { settle } from './time.ts';
import type { Gate, Task, Universe } from './shape.ts';

/** More than this of calls without an end is no work any more. */
const MOST_TURNS = 60_000;
/** Invocations that run beside each other while everything goes its way. */
const BESIDE = 6;

/** Lets one call take effect. */
async function release({ gates }: Universe, gate: Gate | undefined): Promise<void> {
  if (gate === undefined) return;
  const index = gates.indexOf(gate);
  if (index < 0) return;
  gate.release();
  await settle();
}

/** Everything that runs comes to its end, first come, first served; nothing is taken up. */
export async function finish({ universe }: Model): Promise<void> {
  const { gates } = universe;
  for (let turns = 0; gates.length > 0 || universe.tasks.length > 0; turns += 1) {
    if (turns > MOST_TURNS) throw new Error(`no end: ${universe.tasks.map((task) => task.name).join(', ')}`);
    if (gates.length > 0) await release(universe, gates[0]);
    else await wakeNext(universe, Infinity);
  }
}

/** Time goes on to whoever sleeps. */
async function wakeNext({ time, tasks }: Universe, end: number): Promise<void> {
  const next = Math.min(time.next(), end);
  if (next === Infinity) throw new Error(`nobody wakes ${tasks.map((task) => task.name).join(', ')}`);
  await time.advance(next - time.now());
}

/** Time passes in which everything goes its way: calls are answered, messages and events are taken up when they are due. */
export async function pass(model: Model, ms: number): Promise<void> {
  const { universe } = model;
  const { gates, time } = universe;
  const end = time.now() + ms;
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    if (gates.length > 0) await release(universe, gates[0]);
    else if (!takeUp(model)) {
      const next = universe.tasks.length > 0 ? time.next() : Math.min(time.next(), nextIntake(model));
      if (next > end) return time.advance(end - time.now());
      await time.advance(Math.max(0, next - time.now()));
    } else await settle();
  }
  throw new Error('no end of calls while time passes');
}

/** Whether anything was taken up. */
function takeUp(model: Model): boolean {
  const before = model.universe.tasks.length;
  if (before >= BESIDE) return false;
  deliverAgain(model);
  poll(model, 'push');
  poll(model, 'reconcile');
  return model.universe.tasks.length > before;
}

/** Time passes until nothing is on its way any more, or so much of it. */
export async function drain(model: Model, mostMs: number): Promise<void> {
  const { universe } = model;
  const end = universe.time.now() + mostMs;
  while (universe.time.now() < end) {
    await finish(model);
    if (takeUp(model)) continue;
    const next = nextIntake(model);
    if (next > end) return;
    await universe.time.advance(next - universe.time.now());
  }
}

/** Lets calls take effect: any of them at random, or for a while only those of one invocation. */
export async function go(model: Model, { turns, seed, hold }: Extract<Step, { do: 'go' }>): Promise<void> {
  const { universe } = model;
  const dice = createDice(seed);
  let favourite: Task | undefined;
  let held: Task | undefined;
  for (let turn = 0; turn < turns && isBusy(universe); turn += 1) {
    if (universe.gates.length === 0 || dice.happens(0.04)) await universe.time.advance(250);
    if (dice.happens(0.2)) favourite = anyTask(dice, universe);
    held ??= universe.gates.find((gate) => isHeldBy(hold, gate))?.task;
    const free = universe.gates.filter((gate) => gate.task !== held || !isHeldBy(hold, gate));
    const mine = free.filter((gate) => gate.task === favourite);
    await release(universe, pick(dice, mine.length > 0 ? mine : free));
  }
}

function anyTask(dice: Dice, { gates }: Universe): Task | undefined {
  return dice.happens(0.4) ? undefined : pick(dice, gates)?.task;
}

function pick<T>(dice: Dice, among: readonly T[]): T | undefined {
  return among.length === 0 ? undefined : dice.pick(among);
}

function isBusy({ gates, tasks }: Universe): boolean {
  return gates.length > 0 || tasks.length > 0;
}

function isHeldBy(hold: string, { call }: Gate): boolean {
  const isOfWorld = call.port === 'kubernetes' || call.port === 'vault';
  return isOfWorld && call.method === hold;
}
