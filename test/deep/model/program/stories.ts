import type { Dice } from '../../../support/seeded.ts';
import type { Fleet } from '../world/fleet.ts';
import type { Step } from './steps.ts';
import {
  cluster,
  crash,
  edit,
  event,
  fault,
  go,
  HOUR,
  lag,
  MINUTE,
  namespace,
  order,
  pass,
  poll,
  rotate,
  route,
  run,
  SECOND,
  secret,
} from './words.ts';

/** Something that happens to people and instances, as steps; chance fills in the rest. */
export type Story = (dice: Dice, fleet: Fleet) => Step[];

const aCluster = (dice: Dice, { clusters }: Fleet): number => dice.between(0, clusters.length - 1);
const aSecret = (dice: Dice, { secrets }: Fleet): number => dice.between(0, secrets.length - 1);
const aPlace = (dice: Dice, { places }: Fleet): number => dice.between(0, places.length - 1);
const anInstance = (dice: Dice): number => dice.between(0, 2);
const maybe = (dice: Dice, probability: number, ...steps: Step[]): Step[] =>
  dice.happens(probability) ? steps : [];
/** Of the secrets, the one of a route: 0 is app-1, 1 is app-2. */
const ofRoute = (dice: Dice, fleet: Fleet, which: number): number => {
  const mine = [...fleet.secrets.keys()].filter((index) =>
    fleet.secrets[index]?.startsWith(`${fleet.routes[which]}--`),
  );
  return dice.pick(mine);
};
/** The timer's run, looked at from end to end, or only begun. */
const aRun = (dice: Dice): Step[] =>
  dice.happens(0.8)
    ? [run(anInstance(dice)), pass(dice.pick([30 * SECOND, MINUTE, 5 * MINUTE]))]
    : [run(anInstance(dice)), go(dice, 20), poll('reconcile'), go(dice, 60)];

/** Two secrets of one Secret are rotated together, while something else goes on. */
const rotationWithCompany: Story = (dice, fleet) => {
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
const stalledCreate: Story = (dice, fleet) => {
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

/** A source goes, its route asks for removal, and two runs see it; somebody may look in between and see something else. */
const removal: Story = (dice, fleet) => {
  const which = dice.between(0, 1);
  const source = ofRoute(dice, fleet, which);
  const [gone, back] = dice.pick([
    ['delete', 'recover'],
    ['disable', 'enable'],
    ['expire', 'prolong'],
  ] as const);
  const contradicted = [
    secret(source, back),
    ...maybe(dice, 0.5, fault('rows not saved', dice.between(1, 4), 0, 10 * MINUTE)),
    ...dice.pick([
      [event(source), pass(MINUTE)],
      aRun(dice),
      [rotate(source, 1), pass(2 * MINUTE)],
      [route(which, 'pause'), ...aRun(dice), route(which, 'put'), route(which, 'remove')],
    ]),
    pass(dice.pick([MINUTE, 20 * MINUTE, 50 * MINUTE])),
    secret(source, gone),
    ...maybe(dice, 0.5, pass(15 * MINUTE)),
    ...aRun(dice),
  ];
  return [
    route(which, 'remove'),
    secret(source, gone),
    ...aRun(dice),
    pass(dice.pick([5 * MINUTE, 30 * MINUTE, 62 * MINUTE])),
    ...maybe(dice, 0.4, ...contradicted),
    pass(62 * MINUTE),
    ...aRun(dice),
    ...maybe(dice, 0.6, pass(62 * MINUTE), ...aRun(dice)),
    secret(source, back),
    ...maybe(dice, 0.5, event(source)),
    ...maybe(dice, 0.6, route(which, 'put')),
  ];
};

/** A route goes, and its Secrets with it where the cluster asks for that; somebody may claim them again in between. */
const orphans: Story = (dice, fleet) => {
  const which = dice.between(0, 1);
  const where = aCluster(dice, fleet);
  const claimed = [
    route(which, dice.pick(['put', 'pause'])),
    ...maybe(dice, 0.5, namespace(where, which, 'drop')),
    ...aRun(dice),
    route(which, 'drop'),
    ...maybe(dice, 0.5, pass(5 * MINUTE)),
    ...aRun(dice),
  ];
  return [
    cluster(where, 'remove'),
    ...maybe(dice, 0.3, edit(where, aPlace(dice, fleet), 'strip')),
    route(which, 'drop'),
    ...aRun(dice),
    pass(dice.pick([10 * MINUTE, 40 * MINUTE, 62 * MINUTE])),
    ...maybe(dice, 0.5, ...claimed),
    pass(62 * MINUTE),
    ...aRun(dice),
    ...maybe(dice, 0.5, pass(62 * MINUTE), ...aRun(dice)),
    namespace(where, which, 'accept', dice.pick([0, 3000])),
    route(which, 'put'),
    ...aRun(dice),
    ...maybe(dice, 0.5, cluster(where, 'put')),
  ];
};

/** A system is away for a while, and what came meanwhile waits. */
const outage: Story = (dice, fleet) => {
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

/** A secret is purged and comes back from a backup that is older than what was delivered. */
const restoredVault: Story = (dice, fleet) => {
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

/** Secrets become of another type, or immutable: they are deleted and created anew. */
const recreation: Story = (dice, fleet) => {
  const which = dice.between(0, 1);
  const trouble = dice.pick([
    'creation fails',
    'cluster writes fail',
    'answers to cluster writes lost',
    'cluster writes unanswered',
    'cluster writes throttled',
    'queue takes nothing',
  ]);
  const where = aCluster(dice, fleet);
  return [
    route(which, dice.pick(['retype', 'immutable'])),
    ...maybe(dice, 0.3, edit(where, aPlace(dice, fleet), 'hold')),
    ...maybe(dice, 0.6, fault(trouble, dice.between(1, 5), where, 10 * MINUTE)),
    ...dice.pick([aRun(dice), [rotate(ofRoute(dice, fleet, which), 1), go(dice, 60), pass(MINUTE)]]),
    ...maybe(dice, 0.3, run(anInstance(dice)), go(dice, 40), poll('reconcile'), go(dice, 60)),
    ...maybe(dice, 0.3, crash(anInstance(dice))),
    rotate(ofRoute(dice, fleet, which), 1),
    pass(dice.pick([MINUTE, 5 * MINUTE])),
    edit(where, aPlace(dice, fleet), 'let go'),
    ...maybe(dice, 0.7, route(which, 'put')),
    ...aRun(dice),
  ];
};

/** A namespace withdraws its consent, or narrows it, and gives it again; its API server knows a moment later. */
const consent: Story = (dice, fleet) => {
  const [where, which] = [aCluster(dice, fleet), dice.between(0, 1)];
  return [
    namespace(where, which, dice.pick(['drop', 'narrow', 'delete'])),
    ...maybe(dice, 0.6, ...aRun(dice)),
    rotate(ofRoute(dice, fleet, which), dice.between(0, 1)),
    ...maybe(dice, 0.5, pass(dice.pick([MINUTE, 15 * MINUTE]))),
    namespace(where, which, 'accept', dice.pick([0, 2000, 10_000])),
    ...dice.pick([
      [run(anInstance(dice)), pass(20 * SECOND)],
      [event(ofRoute(dice, fleet, which)), pass(MINUTE)],
    ]),
    pass(dice.pick([MINUTE, 15 * MINUTE])),
    ...aRun(dice),
  ];
};

/** Two routes claim a Secret that nobody has made. */
const contest: Story = (dice, fleet) => {
  const where = aCluster(dice, fleet);
  const withdraws = dice.pick([0, 2]);
  return [
    route(2, 'put'),
    edit(where, 0, 'delete'),
    ...dice.pick([aRun(dice), [event(0), go(dice, 40), pass(MINUTE)]]),
    ...maybe(dice, 0.4, rotate(0, 1), pass(MINUTE)),
    route(withdraws, 'drop'),
    ...dice.pick([aRun(dice), [event(0), pass(MINUTE)]]),
    route(0, 'put'),
    route(2, 'drop'),
    ...aRun(dice),
  ];
};

/** People work on Secrets by hand. */
const handiwork: Story = (dice, fleet) => {
  const [where, place] = [aCluster(dice, fleet), aPlace(dice, fleet)];
  const how = dice.pick(['value', 'drop', 'add', 'delete', 'strip', 'usurp', 'forge', 'hold'] as const);
  return [
    edit(where, place, how),
    ...maybe(dice, 0.4, edit(where, aPlace(dice, fleet), dice.pick(['add', 'value', 'delete']))),
    ...dice.pick([aRun(dice), [rotate(aSecret(dice, fleet), 1), pass(MINUTE)]]),
    ...(how === 'usurp' ? [edit(where, place, 'usurp')] : []),
    ...(how === 'hold' ? [edit(where, place, 'delete'), ...aRun(dice), edit(where, place, 'let go')] : []),
  ];
};

/** Somebody adds a key while no source has a value. */
const foreignKey: Story = (dice, fleet) => {
  const which = 1;
  const source = ofRoute(dice, fleet, which);
  return [
    secret(source, dice.pick(['disable', 'delete'])),
    ...maybe(dice, 0.5, pass(MINUTE)),
    edit(aCluster(dice, fleet), fleet.places.length - 1, 'add'),
    ...aRun(dice),
    ...maybe(dice, 0.5, secret(source, 'recover'), secret(source, 'enable')),
  ];
};

/** Tables are lost, restored, or of an older release; a cluster is restored. */
const recovery: Story = (dice, fleet) => {
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

/** A version waits for its date; its message may meet a queue that takes nothing. */
const laterVersion: Story = (dice, fleet) => {
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
const brokenVersion: Story = (dice, fleet) => {
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
const laggingVault: Story = (dice, fleet) => {
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

/** Something fails for more than a day, for whatever path tries it. */
const longFailure: Story = (dice, fleet) => [
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

/** A route or a cluster is paused while something waits. */
const pause: Story = (dice, fleet) => {
  const which = dice.between(0, 1);
  const where = aCluster(dice, fleet);
  const isRoute = dice.happens(0.6);
  return [
    ...maybe(dice, 0.5, fault('cluster writes fail', dice.between(1, 4), where, 5 * MINUTE)),
    rotate(ofRoute(dice, fleet, which), 1),
    go(dice, 30),
    isRoute ? route(which, 'pause') : cluster(where, 'pause'),
    ...maybe(dice, 0.6, pass(MINUTE)),
    ...aRun(dice),
    rotate(ofRoute(dice, fleet, which), 1),
    pass(MINUTE),
    isRoute ? route(which, 'put') : cluster(where, 'put'),
    ...aRun(dice),
  ];
};

/** Instances die in the middle of their work. */
const crashes: Story = (dice, fleet) => [
  rotate(aSecret(dice, fleet), 1),
  ...maybe(dice, 0.5, run(anInstance(dice))),
  go(dice, 30),
  crash(anInstance(dice)),
  ...maybe(dice, 0.5, poll('reconcile'), go(dice, 40), crash(anInstance(dice))),
  pass(dice.pick([40 * SECOND, 2 * MINUTE])),
];

/** Runs of several instances beside events. */
const busyRuns: Story = (dice, fleet) => [
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

/** Much goes at once: that is held until a person confirms it, whatever run comes along. */
const bulk: Story = (dice, fleet) => {
  const goes = [...fleet.secrets.keys()].filter(() => dice.happens(0.9));
  return [
    route(0, 'remove'),
    route(1, 'remove'),
    ...goes.map((which) => secret(which, 'delete')),
    ...aRun(dice),
    pass(62 * MINUTE),
    ...aRun(dice),
    ...maybe(dice, 0.4, fault('cluster lists fail', dice.between(1, 2), 0, 10 * MINUTE)),
    ...maybe(dice, 0.7, order('one route', { route: dice.between(0, 1) }), pass(MINUTE)),
    ...maybe(dice, 0.5, ...aRun(dice)),
    ...maybe(dice, 0.5, order('confirm'), pass(2 * MINUTE)),
    ...goes.map((which) => secret(which, 'recover')),
    ...aRun(dice),
  ];
};

/** A person asks for something. */
const orders: Story = (dice, fleet) => {
  const which = dice.between(0, 1);
  const source = ofRoute(dice, fleet, which);
  return [
    ...maybe(dice, 0.5, route(which, 'remove'), secret(source, dice.pick(['disable', 'delete']))),
    order(dice.pick(['remove now', 'one route', 'plan', 'confirm', 'accept older']), {
      secret: source,
      route: which,
      cluster: aCluster(dice, fleet),
    }),
    ...maybe(dice, 0.5, go(dice, 40)),
    pass(MINUTE),
    ...maybe(dice, 0.7, secret(source, 'recover'), secret(source, 'enable'), event(source)),
  ];
};

/** A route takes less for a while, or cannot be read. */
const registryEdit: Story = (dice, fleet) => {
  const which = dice.between(0, 1);
  return [
    route(which, dice.pick(['narrow', 'garble'])),
    ...dice.pick([aRun(dice), [rotate(ofRoute(dice, fleet, which), 1), pass(MINUTE)]]),
    ...maybe(
      dice,
      0.4,
      namespace(aCluster(dice, fleet), which, 'narrow'),
      rotate(ofRoute(dice, fleet, which), 1),
    ),
    pass(MINUTE),
    route(which, 'put'),
    namespace(aCluster(dice, fleet), which, 'accept', dice.pick([0, 4000])),
    ...aRun(dice),
  ];
};

export const STORIES: readonly { weight: number; story: Story }[] = [
  { weight: 6, story: rotationWithCompany },
  { weight: 3, story: stalledCreate },
  { weight: 6, story: removal },
  { weight: 4, story: orphans },
  { weight: 4, story: outage },
  { weight: 4, story: restoredVault },
  { weight: 6, story: recreation },
  { weight: 4, story: consent },
  { weight: 3, story: contest },
  { weight: 4, story: handiwork },
  { weight: 2, story: foreignKey },
  { weight: 4, story: recovery },
  { weight: 3, story: laterVersion },
  { weight: 3, story: brokenVersion },
  { weight: 4, story: laggingVault },
  { weight: 1, story: longFailure },
  { weight: 3, story: pause },
  { weight: 4, story: crashes },
  { weight: 3, story: busyRuns },
  { weight: 3, story: orders },
  { weight: 3, story: registryEdit },
];

/** Of the wide fleet. */
export const WIDE_STORIES: readonly { weight: number; story: Story }[] = [
  { weight: 20, story: bulk },
  ...STORIES,
];

/** Nothing but rotations and deletions by hand, whatever fails meanwhile. */
export const CALM_STORIES: readonly { weight: number; story: Story }[] = [
  { weight: 6, story: rotationWithCompany },
  { weight: 5, story: stalledCreate },
];
