import {
  cluster,
  crash,
  edit,
  event,
  fault,
  go,
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
} from '../words.ts';
import { aCluster, aSecret, aPlace, anInstance, maybe, ofRoute, aRun, type Story } from './weave.ts';

/** Secrets become of another type, or immutable: they are deleted and created anew. */
export const recreation: Story = (dice, fleet) => {
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
export const consent: Story = (dice, fleet) => {
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
export const contest: Story = (dice, fleet) => {
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
export const handiwork: Story = (dice, fleet) => {
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

/** A route or a cluster is paused while something waits. */
export const pause: Story = (dice, fleet) => {
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

/** A person asks for something. */
export const orders: Story = (dice, fleet) => {
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
export const registryEdit: Story = (dice, fleet) => {
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
