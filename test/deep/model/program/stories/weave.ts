import type { Dice } from '../../../../support/seeded.ts';
import type { Fleet } from '../../world/fleet.ts';
import type { Step } from '../steps.ts';
import { go, MINUTE, pass, poll, run, SECOND } from '../words.ts';

/** Something that happens to people and instances, as steps; chance fills in the rest. */
export type Story = (dice: Dice, fleet: Fleet) => Step[];

export const aCluster = (dice: Dice, { clusters }: Fleet): number => dice.between(0, clusters.length - 1);
export const aSecret = (dice: Dice, { secrets }: Fleet): number => dice.between(0, secrets.length - 1);
export const aPlace = (dice: Dice, { places }: Fleet): number => dice.between(0, places.length - 1);
export const anInstance = (dice: Dice): number => dice.between(0, 2);
export const maybe = (dice: Dice, probability: number, ...steps: Step[]): Step[] =>
  dice.happens(probability) ? steps : [];
/** Of the secrets, the one of a route: 0 is app-1, 1 is app-2. */
export const ofRoute = (dice: Dice, fleet: Fleet, which: number): number => {
  const mine = [...fleet.secrets.keys()].filter((index) =>
    fleet.secrets[index]?.startsWith(`${fleet.routes[which]}--`),
  );
  return dice.pick(mine);
};
/** The timer's run, looked at from end to end, or only begun. */
export const aRun = (dice: Dice): Step[] =>
  dice.happens(0.8)
    ? [run(anInstance(dice)), pass(dice.pick([30 * SECOND, MINUTE, 5 * MINUTE]))]
    : [run(anInstance(dice)), go(dice, 20), poll('reconcile'), go(dice, 60)];
