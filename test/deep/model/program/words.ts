import type { Dice } from '../../../support/seeded.ts';
import { FAULTS } from '../world/faults.ts';
import type {
  ClusterChange,
  Edit,
  Hold,
  NamespaceChange,
  Order,
  Quality,
  RouteChange,
  SecretChange,
  Step,
} from './steps.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Steps in the words in which stories are told. */
export const rotate = (secret: number, told = 1, from: Quality = 'now'): Step => ({
  do: 'rotate',
  secret,
  told,
  from,
});
export const secret = (which: number, how: SecretChange): Step => ({ do: 'secret', secret: which, how });
export const event = (which: number): Step => ({ do: 'event', secret: which });
export const edit = (cluster: number, place: number, how: Edit): Step => ({
  do: 'edit',
  cluster,
  place,
  how,
});
export const namespace = (cluster: number, which: number, how: NamespaceChange, lagMs = 0): Step => ({
  do: 'namespace',
  cluster,
  namespace: which,
  how,
  lagMs,
});
export const route = (which: number, how: RouteChange): Step => ({ do: 'route', route: which, how });
export const cluster = (which: number, how: ClusterChange): Step => ({ do: 'cluster', cluster: which, how });
export const order = (how: Order, of: { secret?: number; route?: number; cluster?: number } = {}): Step => ({
  do: 'order',
  how,
  secret: of.secret ?? 0,
  route: of.route ?? 0,
  cluster: of.cluster ?? 0,
});
export const run = (instance = 0): Step => ({ do: 'run', instance });
export const pass = (ms: number): Step => ({ do: 'pass', ms });
export const go = (dice: Dice, most: number, hold: Hold = 'nothing'): Step => ({
  do: 'go',
  turns: dice.between(1, most),
  seed: dice.between(0, 0xffff),
  hold,
});
export const poll = (queue: 'push' | 'reconcile'): Step => ({ do: 'poll', queue });
export const crash = (instance: number): Step => ({ do: 'crash', instance });
export const lag = (forMs: number): Step => ({ do: 'lag', forMs });

/** Faults by their name, so that a story says what it needs. */
export function fault(name: string, times: number, where = 0, forMs = HOUR): Step {
  const kind = FAULTS.findIndex((one) => one.name === name);
  if (kind < 0) throw new Error(`there is no fault ${name}`);
  return { do: 'fault', kind, times, cluster: where, forMs };
}
