/**
 * What happens next, to whom. Numbers choose among the things of the world, modulo how many there are. People act at once;
 * instances only by `go`, `pass` and `stall`.
 */
export type Step =
  /** A new version, and the events that tell of it, so many times. */
  | { do: 'rotate'; secret: number; told: number; from: Quality }
  | { do: 'secret'; secret: number; how: SecretChange }
  /** An event that tells of nothing new. */
  | { do: 'event'; secret: number }
  | { do: 'edit'; cluster: number; place: number; how: Edit }
  /** The API server's view of the namespace lags so long behind a change of what it accepts. */
  | { do: 'namespace'; cluster: number; namespace: number; how: NamespaceChange; lagMs: number }
  | { do: 'route'; route: number; how: RouteChange }
  | { do: 'cluster'; cluster: number; how: ClusterChange }
  /** What became of the tables, and of a cluster: lost, restored, or written by an older release. */
  | { do: 'tables'; cluster: number; how: TableChange }
  | { do: 'etcd'; cluster: number; how: (typeof ETCD_CHANGES)[number] }
  /** The timer's run. */
  | { do: 'run'; instance: number }
  /** What a person asks of the app. */
  | { do: 'order'; how: Order; secret: number; route: number; cluster: number }
  | { do: 'poll'; queue: 'push' | 'reconcile' }
  | { do: 'crash'; instance: number }
  /** Of a kind of fault, the next calls that it could strike; over after a while. */
  | { do: 'fault'; kind: number; times: number; cluster: number; forMs: number }
  | { do: 'outage'; of: number; cluster: number; forMs: number }
  /** One replica of the vault stands still. */
  | { do: 'lag'; forMs: number }
  /** Time in which everything goes its way: calls are answered, messages taken when they are due. */
  | { do: 'pass'; ms: number }
  /** Time in which nothing is answered. */
  | { do: 'stall'; ms: number }
  /** So many calls take effect, in an order that follows from the seed; one instance stands still before such a call. */
  | { do: 'go'; turns: number; seed: number; hold: Hold };

/** From when a new version is valid; `broken`: its bytes are none that its tag promises. */
export type Quality = 'now' | 'in an hour' | 'tomorrow' | 'broken';

/** `postpone`: the latest version gets a not-before date; `restore`: purged, and back from a backup that lacks the latest. */
export const SECRET_CHANGES = [
  'disable',
  'enable',
  'delete',
  'recover',
  'expire',
  'prolong',
  'postpone',
  'restore',
] as const;

/** `strip`, `forge`: of the annotation `sources`; `usurp`: it is somebody else's now; `hold`: by a finalizer. */
export const EDITS = ['value', 'drop', 'add', 'delete', 'strip', 'forge', 'usurp', 'hold', 'let go'] as const;

export const NAMESPACE_CHANGES = ['accept', 'narrow', 'drop', 'delete'] as const;
export const ROUTE_CHANGES = [
  'put',
  'drop',
  'pause',
  'remove',
  'narrow',
  'garble',
  'retype',
  'immutable',
  'debounce',
] as const;
export const CLUSTER_CHANGES = ['put', 'pause', 'remove', 'drop'] as const;
export const TABLE_CHANGES = ['lose targets', 'lose endpoints', 'age'] as const;
export const ETCD_CHANGES = ['backup', 'restore'] as const;
export const ORDERS = ['accept older', 'remove now', 'one route', 'confirm', 'plan'] as const;
const HOLDS = ['nothing', 'create', 'replace', 'remove', 'read'] as const;

export type SecretChange = (typeof SECRET_CHANGES)[number];
export type Edit = (typeof EDITS)[number];
export type NamespaceChange = (typeof NAMESPACE_CHANGES)[number];
export type RouteChange = (typeof ROUTE_CHANGES)[number];
export type ClusterChange = (typeof CLUSTER_CHANGES)[number];
export type TableChange = (typeof TABLE_CHANGES)[number];
export type Order = (typeof ORDERS)[number];
export type Hold = (typeof HOLDS)[number];

/** A step, and what decides every choice that is made while it lasts: so none depends on the steps before it. */
export type Salted = Step & { salt: number };

/** Every kind that {@link kindOf} can name. */
export const STEP_KINDS: readonly string[] = [
  'rotate',
  'rotate, valid later',
  'rotate, broken',
  'event',
  'run',
  'poll',
  'crash',
  'fault',
  'outage',
  'lag',
  'pass',
  'stall',
  ...SECRET_CHANGES.map((how) => `secret: ${how}`),
  ...EDITS.map((how) => `edit: ${how}`),
  ...NAMESPACE_CHANGES.map((how) => `namespace: ${how}`),
  ...ROUTE_CHANGES.map((how) => `route: ${how}`),
  ...CLUSTER_CHANGES.map((how) => `cluster: ${how}`),
  ...TABLE_CHANGES.map((how) => `tables: ${how}`),
  ...ETCD_CHANGES.map((how) => `etcd: ${how}`),
  ...ORDERS.map((how) => `order: ${how}`),
  ...HOLDS.map((hold) => (hold === 'nothing' ? 'go' : `go, one held at ${hold}`)),
];

/** The kind of a step, as reach is counted. */
export function kindOf(step: Step): string {
  if ('how' in step) return `${step.do}: ${step.how}`;
  if (step.do === 'go') return step.hold === 'nothing' ? 'go' : `go, one held at ${step.hold}`;
  if (step.do !== 'rotate' || step.from === 'now') return step.do;
  return step.from === 'broken' ? 'rotate, broken' : 'rotate, valid later';
}
