import type { Code } from '../../../../shared/errors.ts';

export type PortName = 'kubernetes' | 'vault' | 'registry' | 'queue' | 'status';

/** A call of an instance to the outside world. */
export interface Call {
  port: PortName;
  method: string;
  args: readonly unknown[];
  cluster?: string;
  /** `cluster/namespace` or `cluster/namespace/name`. */
  place?: string;
  /** The secret of the vault. */
  secret?: string;
}

const METHODS: Readonly<Record<PortName, ReadonlySet<string>>> = {
  kubernetes: new Set([
    'namespace',
    'secret',
    'namespaces',
    'managedSecrets',
    'create',
    'tryCreate',
    'replace',
    'remove',
  ]),
  vault: new Set(['read', 'readVersion', 'versions', 'list']),
  registry: new Set(['routesByPrefix', 'routes', 'clusters']),
  queue: new Set(['push', 'reconcile']),
  status: new Set([
    'target',
    'targets',
    'saveTargets',
    'forgetTargets',
    'strangers',
    'runs',
    'saveRun',
    'backOffs',
    'saveBackOff',
    'claimTry',
  ]),
};

const WRITES = new Set([
  'create',
  'replace',
  'remove',
  'push',
  'reconcile',
  'saveTargets',
  'forgetTargets',
  'saveRun',
  'saveBackOff',
  'claimTry',
]);

export const isWrite = ({ method }: Call): boolean => WRITES.has(method);

/** The code with which a port says that it got no answer in time, and after how many ms. */
export const SILENCE: Readonly<Record<PortName, { code: Code; afterMs: number }>> = {
  kubernetes: { code: 'CLUSTER_TIMEOUT', afterMs: 10_000 },
  vault: { code: 'VAULT_UNAVAILABLE', afterMs: 5000 },
  registry: { code: 'REGISTRY_UNAVAILABLE', afterMs: 5000 },
  queue: { code: 'QUEUE_UNAVAILABLE', afterMs: 5000 },
  status: { code: 'STATUS_UNAVAILABLE', afterMs: 5000 },
};

const LIST_MS = 60_000;

export function timeOutOf({ port, method }: Call): number {
  return port === 'vault' && method === 'list' ? LIST_MS : SILENCE[port].afterMs;
}

type Around = (
  call: Call,
  signal: AbortSignal | undefined,
  effect: () => Promise<unknown>,
) => Promise<unknown>;

/** The port, of which every call goes through `around`. */
export function wired<P extends object>(port: PortName, real: P, around: Around): P {
  const methods = METHODS[port];
  return new Proxy(real, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== 'function' || typeof name !== 'string' || !methods.has(name)) return found;
      return (...args: unknown[]): Promise<unknown> =>
        around(
          callOf(port, name, args),
          args.findLast((arg) => arg instanceof AbortSignal),
          () => Reflect.apply(found, target, args) as Promise<unknown>,
        );
    },
  });
}

function callOf(port: PortName, method: string, args: readonly unknown[]): Call {
  const call = { port, method, args };
  if (port === 'kubernetes') return { ...call, ...placeOf(args) };
  if (port === 'vault') return { ...call, secret: secretOf(args[0]) };
  return call;
}

function placeOf([cluster, where]: readonly unknown[]): Pick<Call, 'cluster' | 'place'> {
  const { metadata } = cluster as { metadata: { name: string } };
  const { name } = metadata;
  if (typeof where === 'string') return { cluster: name, place: `${name}/${where}` };
  if (typeof where !== 'object' || where === null || !('namespace' in where)) return { cluster: name };
  const at = where as { namespace: string; name: string };
  return { cluster: name, place: `${name}/${at.namespace}/${at.name}` };
}

function secretOf(about: unknown): string {
  return typeof about === 'string' ? '' : (about as { name: string }).name;
}
