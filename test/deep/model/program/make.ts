import { createDice, type Dice } from '../../../support/seeded.ts';
import { FAULTS } from '../world/faults.ts';
import { type Fleet, FLEETS } from '../world/fleet.ts';
import type { Setting } from '../world/shape.ts';
import type { Program } from './program.ts';
import type { Step } from './steps.ts';
import { CALM_STORIES, STORIES, type NamedStory, WIDE_STORIES } from './stories/all.ts';
import {
  cluster,
  crash,
  edit,
  event,
  go,
  HOUR,
  lag,
  MINUTE,
  namespace,
  pass,
  poll,
  rotate,
  route,
  run,
  SECOND,
  secret,
} from './words.ts';

const LENGTH = { least: 60, most: 140 };

/** The program of that kind with that number: always the same. `about`: a story of which more is told than of others. */
export function programOf(kind: Program['kind'], number: number, about?: string): Program {
  const dice = createDice(number * 2 + (kind === 'calm' ? 1 : 0));
  const setting = settingOf(dice, kind, about);
  const fleet: Fleet = FLEETS[setting.fleet];
  const most = dice.between(LENGTH.least, LENGTH.most);
  const steps = interleaved(dice, most, kind === 'calm' ? calmChunk(fleet) : anyChunk(fleet, about));
  return { kind, setting, steps: steps.map((step) => ({ ...step, salt: dice.between(0, 2 ** 31) })) };
}

/** Clocks are off by odd numbers, so that no two instances name a run alike. */
function settingOf(dice: Dice, kind: Program['kind'], about: string | undefined): Setting {
  const skews = dice.happens(0.5) ? [0, 0, 0] : [0, dice.between(1, 89_999), -dice.between(1, 89_999)];
  return {
    fleet: kind === 'any' && (dice.happens(0.15) || about === 'bulk') ? 'wide' : 'two',
    skews,
    vaultBehindMs: dice.happens(0.6) ? 0 : dice.between(-60_000, 60_000),
  };
}

/** Up to three stories go on beside each other. */
function interleaved(dice: Dice, most: number, next: (dice: Dice) => Step[]): Step[] {
  const steps: Step[] = [];
  const open: Step[][] = [];
  while (steps.length < most) {
    if (open.length === 0 || (open.length < 3 && dice.happens(0.08))) open.push([...next(dice)]);
    const one = dice.pick(open);
    const step = one.shift();
    if (step === undefined) open.splice(open.indexOf(one), 1);
    else steps.push(step);
  }
  return steps;
}

function anyChunk(fleet: Fleet, about: string | undefined): (dice: Dice) => Step[] {
  const all = fleet === FLEETS.wide ? WIDE_STORIES : STORIES;
  const stories = all.map((one) => (one.name === about ? { ...one, weight: 300 } : one));
  return (dice) =>
    dice.happens(0.55)
      ? told(dice, fleet, stories)
      : Array.from({ length: dice.between(1, 5) }, () => single(dice, fleet));
}

function told(dice: Dice, fleet: Fleet, stories: readonly NamedStory[]): Step[] {
  const total = stories.reduce((sum, { weight }) => sum + weight, 0);
  let left = dice.next() * total;
  const found = stories.find(({ weight }) => (left -= weight) < 0) ?? stories[0];
  return found === undefined ? [] : found.story(dice, fleet);
}

/** One step of any kind. */
function single(dice: Dice, fleet: Fleet): Step {
  const kinds: readonly [number, () => Step][] = [
    [8, () => anyGo(dice)],
    [4, () => anyPass(dice)],
    [
      4,
      () =>
        rotate(
          any(dice, fleet.secrets),
          dice.between(0, 2),
          dice.pick(['now', 'now', 'now', 'now', 'broken', 'in an hour', 'tomorrow']),
        ),
    ],
    [3, () => secret(any(dice, fleet.secrets), dice.pick(SECRET_CHANGES))],
    [2, () => event(any(dice, fleet.secrets))],
    [2, () => edit(any(dice, fleet.clusters), any(dice, fleet.places), dice.pick(EDITS))],
    [
      2,
      () =>
        namespace(
          any(dice, fleet.clusters),
          dice.between(0, 1),
          dice.pick(['accept', 'accept', 'narrow', 'drop', 'delete']),
          dice.pick([0, 5000]),
        ),
    ],
    [3, () => route(dice.pick([0, 1, 0, 1, 2]), dice.pick(ROUTE_CHANGES))],
    [1, () => cluster(any(dice, fleet.clusters), dice.pick(['put', 'put', 'remove', 'pause', 'drop']))],
    [3, () => run(dice.between(0, 2))],
    [4, () => poll(dice.pick(['push', 'reconcile']))],
    [1, () => crash(dice.between(0, 2))],
    [8, () => anyFault(dice, fleet)],
    [1, () => lag(dice.pick([10 * SECOND, 2 * MINUTE]))],
    [1, () => ({ do: 'stall', ms: dice.pick([SECOND, 6 * SECOND, 15 * SECOND]) })],
  ];
  return weighted(dice, kinds)();
}

function weighted<T>(dice: Dice, among: readonly [number, T][]): T {
  let left = dice.next() * among.reduce((sum, [weight]) => sum + weight, 0);
  const found = among.find(([weight]) => (left -= weight) < 0) ?? among[0];
  if (found === undefined) throw new Error('nothing to choose from');
  return found[1];
}

const SECRET_CHANGES = [
  'disable',
  'enable',
  'enable',
  'delete',
  'recover',
  'recover',
  'expire',
  'prolong',
  'prolong',
  'postpone',
  'restore',
] as const;
const EDITS = [
  'value',
  'drop',
  'add',
  'delete',
  'delete',
  'strip',
  'forge',
  'usurp',
  'hold',
  'let go',
  'let go',
] as const;
const ROUTE_CHANGES = [
  'put',
  'put',
  'put',
  'put',
  'drop',
  'pause',
  'remove',
  'remove',
  'narrow',
  'garble',
  'retype',
  'immutable',
  'debounce',
  'debounce',
] as const;

const any = (dice: Dice, things: readonly unknown[]): number => dice.between(0, things.length - 1);

function anyGo(dice: Dice): Step {
  const hold = dice.pick(['nothing', 'nothing', 'nothing', 'create', 'replace', 'remove', 'read'] as const);
  return go(dice, dice.happens(0.75) ? 25 : 80, hold);
}

function anyPass(dice: Dice): Step {
  return pass(dice.pick([SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 62 * MINUTE, 3 * HOUR]));
}

const SELDOM = new Set([
  'queue unanswered',
  'answers of the queue lost',
  'cluster lists unanswered',
  'creation fails',
  'vault reads unanswered',
  'vault lists refused',
  'vault lists unanswered',
  'vault lists break off',
  'rows not read',
  'rows moved',
  'runs not queued',
  'answers to runs queued lost',
]);

/** Places in FAULTS: what strikes seldom, because few calls are its kind, is drawn twice as often. */
const DRAWN = FAULTS.flatMap(({ name }, place) => (SELDOM.has(name) ? [place, place] : [place]));

function anyFault(dice: Dice, fleet: Fleet): Step {
  return {
    do: 'fault',
    kind: dice.pick(DRAWN),
    times: dice.between(1, 4),
    cluster: any(dice, fleet.clusters),
    forMs: dice.pick([5 * MINUTE, 30 * MINUTE]),
  };
}

function calmChunk(fleet: Fleet): (dice: Dice) => Step[] {
  return (dice) => {
    const steps = dice.happens(0.3) ? told(dice, fleet, CALM_STORIES) : [calmSingle(dice, fleet)];
    return steps.map((step) => (step.do === 'rotate' ? { ...step, told: Math.max(1, step.told) } : step));
  };
}

function calmSingle(dice: Dice, fleet: Fleet): Step {
  const kinds: readonly [number, () => Step][] = [
    [8, () => anyGo(dice)],
    [2, () => pass(dice.pick([SECOND, 30 * SECOND, 5 * MINUTE]))],
    [4, () => rotate(dice.between(0, 1), dice.between(1, 2))],
    [2, () => edit(any(dice, fleet.clusters), dice.between(0, 1), 'delete')],
    [2, () => poll('push')],
    [2, () => anyFault(dice, fleet)],
    [1, () => crash(dice.between(0, 2))],
    [1, () => lag(dice.pick([10 * SECOND, 25 * SECOND, 4 * MINUTE]))],
  ];
  return weighted(dice, kinds)();
}
