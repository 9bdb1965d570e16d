import {
  cluster,
  edit,
  event,
  fault,
  MINUTE,
  namespace,
  order,
  pass,
  rotate,
  route,
  secret,
} from '../words.ts';
import { aCluster, aPlace, maybe, ofRoute, aRun, type Story } from './weave.ts';

/** A source goes, its route asks for removal, and two runs see it; somebody may look in between and see something else. */
export const removal: Story = (dice, fleet) => {
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
export const orphans: Story = (dice, fleet) => {
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

/** Much goes at once: that is held until a person confirms it, whatever run comes along. */
export const bulk: Story = (dice, fleet) => {
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

/** Somebody adds a key while no source has a value. */
export const foreignKey: Story = (dice, fleet) => {
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
