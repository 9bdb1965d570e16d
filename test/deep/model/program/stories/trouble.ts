import type { Step } from '../steps.ts';
import { cluster, crash, event, fault, go, HOUR, MINUTE, pass, poll, rotate, run, SECOND } from '../words.ts';
import { aCluster, aSecret, anInstance, maybe, aRun, type Story } from './weave.ts';

/** A system is away for a while, and what came meanwhile waits. */
export const outage: Story = (dice, fleet) => {
  const forMs = dice.pick([30 * SECOND, 4 * MINUTE, 12 * MINUTE, 40 * MINUTE]);
  return [
    { do: 'outage', of: dice.pick([0, 0, 1, 2]), cluster: aCluster(dice, fleet), forMs },
    rotate(aSecret(dice, fleet), 1),
    ...maybe(dice, 0.6, pass(dice.pick([5 * SECOND, MINUTE])), rotate(aSecret(dice, fleet), 1)),
    ...maybe(dice, 0.6, run(anInstance(dice))),
    pass(forMs / 2),
    ...maybe(dice, 0.3, run(anInstance(dice))),
    pass(forMs),
    ...maybe(dice, 0.3, event(aSecret(dice, fleet))),
    pass(dice.pick([MINUTE, 8 * MINUTE])),
  ];
};

/** Tables are lost, restored, or of an older release; a cluster is restored. */
export const recovery: Story = (dice, fleet) => {
  const where = aCluster(dice, fleet);
  const tables = (how: 'lose targets' | 'lose endpoints' | 'age'): Step => ({
    do: 'tables',
    cluster: where,
    how,
  });
  return dice.pick<() => Step[]>([
    () => [rotate(aSecret(dice, fleet), 1), go(dice, 30), tables('lose targets'), ...aRun(dice)],
    () => [tables('age'), ...aRun(dice), rotate(aSecret(dice, fleet), 1), pass(MINUTE)],
    () => [
      { do: 'outage', of: 0, cluster: where, forMs: 20 * MINUTE },
      rotate(aSecret(dice, fleet), 1),
      pass(8 * MINUTE),
      tables('lose endpoints'),
      pass(20 * MINUTE),
    ],
    () => [
      { do: 'etcd', cluster: where, how: 'backup' },
      rotate(aSecret(dice, fleet), 1),
      pass(dice.pick([MINUTE, HOUR])),
      { do: 'etcd', cluster: where, how: 'restore' },
      ...aRun(dice),
    ],
    () => [
      cluster(where, 'drop'),
      ...maybe(dice, 0.7, ...aRun(dice)),
      rotate(aSecret(dice, fleet), 1),
      pass(MINUTE),
      cluster(where, 'put'),
      ...aRun(dice),
    ],
  ])();
};

/** Something fails for more than a day, for whatever path tries it. */
export const longFailure: Story = (dice, fleet) => [
  fault(dice.pick(['role lost', 'cluster writes fail']), 100_000, aCluster(dice, fleet), 27 * HOUR),
  rotate(aSecret(dice, fleet), dice.between(0, 1)),
  pass(dice.pick([MINUTE, HOUR])),
  ...aRun(dice),
  pass(25 * HOUR),
  ...aRun(dice),
  pass(HOUR),
  ...aRun(dice),
  pass(2 * HOUR),
];

/** Instances die in the middle of their work. */
export const crashes: Story = (dice, fleet) => [
  rotate(aSecret(dice, fleet), 1),
  ...maybe(dice, 0.5, run(anInstance(dice))),
  go(dice, 30),
  crash(anInstance(dice)),
  ...maybe(dice, 0.5, poll('reconcile'), go(dice, 40), crash(anInstance(dice))),
  pass(dice.pick([40 * SECOND, 2 * MINUTE])),
];

/** Runs of several instances beside events. */
export const busyRuns: Story = (dice, fleet) => [
  run(0),
  go(dice, 10),
  poll('reconcile'),
  rotate(aSecret(dice, fleet), 1),
  go(dice, 40),
  run(anInstance(dice)),
  go(dice, 10),
  poll('reconcile'),
  rotate(aSecret(dice, fleet), 1),
  go(dice, 80),
  pass(MINUTE),
];
