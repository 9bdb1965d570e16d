import { at } from './world/fleet.ts';
import { createModel } from './world/beginning.ts';
import { FAULTS, OUTAGES } from './world/faults.ts';
import { order, poll, run, tellOf } from './world/intake.ts';
import type { Model, Told } from './world/model.ts';
import { drain, finish, go, pass } from './world/move.ts';
import { changeEtcd, changeNamespace, editSecret, letGo } from './world/people-cluster.ts';
import { changeCluster, changeRoute } from './world/people-registry.ts';
import { changeSecret, rotate } from './world/people-vault.ts';
import { remember } from './world/remember.ts';
import { changeTables } from './world/tables.ts';
import { type Court, createCourt } from './oracle/court.ts';
import { judgeQuiet, judgeTold } from './oracle/quiet.ts';
import type { Wrong } from './oracle/rules.ts';
import type { Program } from './program/program.ts';
import type { Salted, Step } from './program/steps.ts';
import { createDice } from '../../support/seeded.ts';
import type { Universe } from './world/shape.ts';
import { createTally, type Tally, tallyStep } from './tally.ts';

const MINUTE_MS = 60_000;

/** What became of a program: nothing is wrong, if all is well. */
export interface Result {
  wrongs: readonly Wrong[];
  tally: Tally;
}

export type Phase = 'before' | 'steps' | 'after';

/** Who listens while a program runs. */
export interface Audience {
  /** What people did, in plain words. */
  tell?: (told: Told) => void;
  /** The world as it begins. */
  attend?: (universe: Universe) => void;
  enter?: (phase: Phase) => void;
  accuse?: (wrong: Wrong) => void;
}

const NOBODY = { tell: () => {}, attend: () => {}, enter: () => {}, accuse: () => {} };

/** Runs a program to its end and through quiet runs. */
export async function runProgram(program: Program, audience: Audience = {}): Promise<Result> {
  const { tell, attend, enter, accuse } = { ...NOBODY, ...audience };
  const model = await createModel(program.setting, tell);
  attend(model.universe);
  const tally = createTally(model.universe);
  const court = createCourt(model, program.setting, accuse);
  model.universe.observers.push(tally);
  try {
    await settleIn(model);
    enter('steps');
    for (const step of program.steps) await take(model, court, tally, step);
    enter('after');
    await calmDown(model);
    const done = { ...tally, kinds: new Set(tally.kinds) };
    if (program.kind === 'calm') await judgeTold(model, court);
    await judgeQuiet(model, court);
    return { wrongs: court.wrongs, tally: done };
  } catch (error) {
    court.accuse('ends', error instanceof Error ? error.message : 'failed', []);
    return { wrongs: court.wrongs, tally };
  }
}

/** Everything was delivered, and looked at once more, before the steps begin. */
async function settleIn(model: Model): Promise<void> {
  for (const waitMs of [0, 11 * MINUTE_MS]) {
    await model.universe.time.advance(waitMs);
    await run(model, 0);
    await drain(model, 10 * MINUTE_MS);
  }
}

/** Nothing fails, lags or is held back any more; what runs comes to its end. */
async function calmDown(model: Model): Promise<void> {
  const { faults, vault } = model.universe;
  faults.mend();
  vault.catchUp();
  letGo(model);
  model.universe.dice = createDice(1);
  await finish(model);
}

async function take(model: Model, court: Court, tally: Tally, step: Salted): Promise<void> {
  tallyStep(tally, step);
  model.universe.dice = createDice(step.salt);
  await TAKE[step.do](model, step as never, court);
  const { universe } = model;
  if (universe.gates.length === 0 && universe.tasks.length === 0) await court.rest();
}

type Of<D extends Step['do']> = Extract<Step, { do: D }>;
type Take = { [D in Step['do']]: (model: Model, step: Of<D>, court: Court) => Promise<unknown> | void };

const TAKE: Take = {
  rotate(model, step) {
    rotate(model, step);
    remember(model);
    const name = at(model.universe.fleet.secrets, step.secret);
    for (let told = 0; told < step.told; told += 1) tellOf(model, name);
  },
  secret(model, { secret, how }) {
    changeSecret(model, secret, how);
    remember(model);
  },
  event: (model, { secret }) => void tellOf(model, at(model.universe.fleet.secrets, secret)),
  edit(model, { cluster, place, how }) {
    editSecret(model, cluster, place, how);
    remember(model);
  },
  namespace(model, step) {
    changeNamespace(model, step);
    remember(model);
  },
  async route(model, { route, how }) {
    await changeRoute(model, route, how);
    remember(model);
  },
  async cluster(model, { cluster, how }) {
    await changeCluster(model, cluster, how);
    remember(model);
  },
  async tables(model, { cluster, how }, court) {
    court.mishap();
    await changeTables(model, cluster, how);
    remember(model);
  },
  etcd(model, { cluster, how }) {
    changeEtcd(model, cluster, how);
    remember(model);
  },
  run: (model, { instance }) => run(model, instance),
  order: (model, step) => order(model, step),
  poll: (model, { queue }) => void poll(model, queue),
  crash(model, { instance }, court) {
    const { universe } = model;
    court.mishap();
    const mine = at(universe.instances, instance);
    model.tell({ who: `instance ${mine.id + 1}`, what: 'dies', about: [] });
    return universe.kill(mine);
  },
  fault({ universe }, { kind, times, cluster, forMs }) {
    const where = at(universe.fleet.clusters, cluster);
    universe.faults.arm(at(FAULTS, kind), times, universe.time.now() + forMs, where);
  },
  outage(model, { of, cluster, forMs }) {
    const { universe } = model;
    const { name } = at(OUTAGES, of);
    model.tell({ who: name, what: `for ${Math.round(forMs / 1000)} s`, about: [] });
    const where = at(universe.fleet.clusters, cluster);
    universe.faults.arm(at(OUTAGES, of), Infinity, universe.time.now() + forMs, where);
  },
  async lag(model, { forMs }) {
    const { universe } = model;
    model.tell({
      who: 'a replica of the vault',
      what: `stands still for ${Math.round(forMs / 1000)} s`,
      about: [],
    });
    universe.vault.standStill(forMs);
    // What changes from now on is of a later second: versions of one second have no order that a reader could know.
    await universe.time.advance(1000);
    remember(model);
  },
  pass: (model, { ms }) => pass(model, ms),
  stall: ({ universe }, { ms }) => universe.time.advance(ms),
  go: (model, step) => go(model, step),
};
