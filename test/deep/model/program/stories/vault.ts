import type { Step } from '../steps.ts';
import {
  edit,
  event,
  fault,
  go,
  HOUR,
  lag,
  MINUTE,
  order,
  pass,
  rotate,
  route,
  SECOND,
  secret,
} from '../words.ts';
import { aCluster, aSecret, aPlace, maybe, aRun, type Story } from './weave.ts';

/** Two secrets of one Secret are rotated together, while something else goes on. */
export const rotationWithCompany: Story = (dice, fleet) => {
  const [first, second] = [aSecret(dice, fleet), aSecret(dice, fleet)];
  return [
    ...maybe(dice, 0.2, route(dice.between(0, 1), 'debounce')),
    rotate(first, dice.between(0, 2)),
    ...maybe(dice, 0.6, go(dice, 20)),
    rotate(second, dice.between(1, 2)),
    go(dice, 50),
    ...maybe(dice, 0.3, event(first)),
    pass(dice.pick([10 * SECOND, MINUTE, 3 * MINUTE])),
  ];
};

/** An instance stands still before it creates a Secret, while another one delivers what came since and a person deletes it. */
export const stalledCreate: Story = (dice, fleet) => {
  const [where, place] = [aCluster(dice, fleet), 0];
  const which = dice.between(0, 1);
  const before = go(dice, 40, 'create');
  return [
    edit(where, place, 'delete'),
    rotate(which, 1),
    before,
    rotate(which, 1),
    { ...go(dice, 90, 'create'), turns: 90 } as Step,
    edit(where, place, 'delete'),
    pass(MINUTE),
  ];
};

/** A secret is purged and comes back from a backup that is older than what was delivered. */
export const restoredVault: Story = (dice, fleet) => {
  const which = dice.between(0, fleet.secrets.length > 4 ? 3 : 1);
  const sibling = which === 0 ? 1 : 0;
  return [
    rotate(which, 1),
    pass(dice.pick([2 * SECOND, 10 * MINUTE, HOUR])),
    secret(which, 'restore'),
    ...maybe(dice, 0.5, event(which)),
    rotate(sibling, 1),
    pass(2 * MINUTE),
    ...aRun(dice),
    pass(dice.pick([HOUR, 12 * HOUR, 25 * HOUR])),
    ...maybe(dice, 0.3, order('accept older', { secret: which }), pass(MINUTE)),
    ...aRun(dice),
    ...maybe(dice, 0.4, rotate(which, 1), pass(MINUTE)),
  ];
};

/** A version waits for its date; its message may meet a queue that takes nothing. */
export const laterVersion: Story = (dice, fleet) => {
  const which = aSecret(dice, fleet);
  return [
    rotate(which, dice.between(0, 1), dice.pick(['in an hour', 'in an hour', 'tomorrow'])),
    ...maybe(dice, 0.4, fault('queue takes nothing', dice.between(1, 3), 0, 10 * MINUTE)),
    ...maybe(dice, 0.5, fault('older versions fail', dice.between(1, 2), 0, 20 * MINUTE)),
    ...dice.pick([[...aRun(dice), ...aRun(dice)], aRun(dice), [event(which), pass(MINUTE)]]),
    ...maybe(dice, 0.4, edit(aCluster(dice, fleet), aPlace(dice, fleet), 'delete'), event(which)),
    pass(dice.pick([20 * MINUTE, 62 * MINUTE])),
    ...maybe(dice, 0.3, secret(which, 'postpone'), event(which), pass(MINUTE)),
  ];
};

/** A version arrives that is not what its tag promises, and a sibling is rotated beside it. */
export const brokenVersion: Story = (dice, fleet) => {
  const which = dice.between(0, 1);
  return [
    rotate(which, 1, 'broken'),
    pass(dice.pick([SECOND, MINUTE])),
    rotate(1 - which, 1),
    ...dice.pick([aRun(dice), [pass(MINUTE)], [edit(aCluster(dice, fleet), 0, 'delete'), event(which)]]),
    pass(dice.pick([MINUTE, 20 * MINUTE])),
    rotate(which, 1),
    ...maybe(dice, 0.5, ...aRun(dice)),
  ];
};

/** A replica of the vault stands still while something is rotated, created or taken back. */
export const laggingVault: Story = (dice, fleet) => {
  const which = aSecret(dice, fleet);
  return [
    lag(dice.pick([5 * SECOND, 25 * SECOND, 4 * MINUTE, 9 * MINUTE])),
    ...dice.pick<() => Step[]>([
      () => [rotate(which, 1), rotate(aSecret(dice, fleet), 1)],
      () => [secret(which, 'delete'), event(which), secret(which, 'recover'), event(which)],
      () => [edit(aCluster(dice, fleet), aPlace(dice, fleet), 'delete'), rotate(which, 1)],
    ])(),
    go(dice, 50),
    ...maybe(dice, 0.5, ...aRun(dice)),
    pass(dice.pick([30 * SECOND, 6 * MINUTE])),
  ];
};
