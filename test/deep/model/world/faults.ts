import type { Code } from '../../../../shared/errors.ts';
import type { Call, PortName } from './call.ts';

/**
 * When a fault strikes: before the effect, after it (the answer is lost), or as an answer that never comes; `moved`: somebody
 * else wrote the rows a moment before.
 */
export type When = 'before' | 'after' | 'silent' | 'moved';

export interface FaultKind {
  name: string;
  when: When;
  code: Code;
  strikes: (call: Call) => boolean;
  retryAfterMs?: number;
}

const calls =
  (port: PortName, ...methods: string[]) =>
  (call: Call): boolean =>
    call.port === port && methods.includes(call.method);

const looks = calls('kubernetes', 'namespace', 'secret');
const clusterLists = calls('kubernetes', 'namespaces', 'managedSecrets');
const clusterWrites = calls('kubernetes', 'create', 'replace', 'remove', 'tryCreate');
const landing = calls('kubernetes', 'create', 'replace', 'remove');
const registry = calls('registry', 'routes', 'clusters', 'routesByPrefix');
const rowReads = calls('status', 'target', 'targets', 'runs', 'backOffs', 'strangers');
const rowWrites = calls('status', 'saveTargets', 'forgetTargets', 'saveRun', 'saveBackOff', 'claimTry');
const savedRows = calls('status', 'saveTargets', 'forgetTargets');

export const FAULTS: readonly FaultKind[] = [
  { name: 'looks throttled', when: 'before', code: 'CLUSTER_THROTTLED', strikes: looks, retryAfterMs: 4000 },
  { name: 'looks unanswered', when: 'silent', code: 'CLUSTER_TIMEOUT', strikes: looks },
  { name: 'cluster lists fail', when: 'before', code: 'CLUSTER_FAILED', strikes: clusterLists },
  { name: 'cluster lists unanswered', when: 'silent', code: 'CLUSTER_TIMEOUT', strikes: clusterLists },
  {
    name: 'role lost',
    when: 'before',
    code: 'CLUSTER_FORBIDDEN',
    strikes: calls('kubernetes', 'secret', 'managedSecrets'),
  },
  { name: 'cluster writes fail', when: 'before', code: 'CLUSTER_FAILED', strikes: clusterWrites },
  {
    name: 'cluster writes throttled',
    when: 'before',
    code: 'CLUSTER_THROTTLED',
    strikes: landing,
    retryAfterMs: 1000,
  },
  { name: 'answers to cluster writes lost', when: 'after', code: 'CLUSTER_TIMEOUT', strikes: landing },
  { name: 'cluster writes unanswered', when: 'silent', code: 'CLUSTER_TIMEOUT', strikes: landing },
  { name: 'creation fails', when: 'before', code: 'CLUSTER_FAILED', strikes: calls('kubernetes', 'create') },
  { name: 'vault reads throttled', when: 'before', code: 'VAULT_THROTTLED', strikes: calls('vault', 'read') },
  {
    name: 'vault reads unanswered',
    when: 'silent',
    code: 'VAULT_UNAVAILABLE',
    strikes: calls('vault', 'read'),
  },
  { name: 'vault lists refused', when: 'before', code: 'VAULT_FORBIDDEN', strikes: calls('vault', 'list') },
  {
    name: 'vault lists break off',
    when: 'before',
    code: 'VAULT_UNAVAILABLE',
    strikes: calls('vault', 'page'),
  },
  {
    name: 'vault lists unanswered',
    when: 'silent',
    code: 'VAULT_UNAVAILABLE',
    strikes: calls('vault', 'list'),
  },
  {
    name: 'older versions fail',
    when: 'before',
    code: 'VAULT_UNAVAILABLE',
    strikes: calls('vault', 'versions', 'readVersion'),
  },
  { name: 'registry fails', when: 'before', code: 'REGISTRY_UNAVAILABLE', strikes: registry },
  { name: 'registry unanswered', when: 'silent', code: 'REGISTRY_UNAVAILABLE', strikes: registry },
  { name: 'queue takes nothing', when: 'before', code: 'QUEUE_UNAVAILABLE', strikes: calls('queue', 'push') },
  {
    name: 'answers of the queue lost',
    when: 'after',
    code: 'QUEUE_UNAVAILABLE',
    strikes: calls('queue', 'push'),
  },
  { name: 'queue unanswered', when: 'silent', code: 'QUEUE_UNAVAILABLE', strikes: calls('queue', 'push') },
  {
    name: 'runs not queued',
    when: 'before',
    code: 'QUEUE_UNAVAILABLE',
    strikes: calls('queue', 'reconcile'),
  },
  {
    name: 'answers to runs queued lost',
    when: 'after',
    code: 'QUEUE_UNAVAILABLE',
    strikes: calls('queue', 'reconcile'),
  },
  { name: 'rows not read', when: 'before', code: 'STATUS_UNAVAILABLE', strikes: rowReads },
  { name: 'rows not saved', when: 'before', code: 'STATUS_UNAVAILABLE', strikes: rowWrites },
  { name: 'answers to saved rows lost', when: 'after', code: 'STATUS_UNAVAILABLE', strikes: rowWrites },
  {
    name: 'rows unanswered',
    when: 'silent',
    code: 'STATUS_UNAVAILABLE',
    strikes: (call) => rowReads(call) || rowWrites(call),
  },
  { name: 'rows moved', when: 'moved', code: 'CONFLICT', strikes: savedRows },
];

/** Whole systems that are away for a while. */
export const OUTAGES: readonly FaultKind[] = [
  {
    name: 'cluster unreachable',
    when: 'before',
    code: 'CLUSTER_UNREACHABLE',
    strikes: ({ port }) => port === 'kubernetes',
  },
  {
    name: 'vault unreachable',
    when: 'before',
    code: 'VAULT_UNAVAILABLE',
    strikes: ({ port }) => port === 'vault',
  },
  {
    name: 'storage unreachable',
    when: 'before',
    code: 'STATUS_UNAVAILABLE',
    strikes: ({ port }) => port === 'queue' || port === 'status',
  },
];

/** Strikes so many calls, at the latest until a time (ms). */
interface Armed {
  kind: FaultKind;
  left: number;
  until: number;
  /** Only at this cluster, where the kind is about clusters. */
  cluster: string | undefined;
}

export interface Faults {
  arm(kind: FaultKind, left: number, until: number, cluster?: string): void;
  /** The fault that strikes this call, if one does. */
  strike(call: Call, now: number): FaultKind | undefined;
  /** Whether one could strike at that time. */
  areArmed(now: number): boolean;
  mend(): void;
  /** How often each kind struck. */
  struck: ReadonlyMap<string, number>;
}

export function createFaults(): Faults {
  const armed = new Set<Armed>();
  const struck = new Map<string, number>();
  const isLive = ({ left, until }: Armed, now: number): boolean => left > 0 && until > now;
  return {
    struck,
    arm: (kind, left, until, cluster) => void armed.add({ kind, left, until, cluster }),
    areArmed: (now) => [...armed].some((one) => isLive(one, now)),
    mend: () => armed.clear(),
    strike(call, now) {
      for (const one of armed) {
        const isHere =
          one.cluster === undefined || call.cluster === undefined || call.cluster === one.cluster;
        if (!isLive(one, now)) armed.delete(one);
        else if (isHere && one.kind.strikes(call)) {
          one.left -= 1;
          struck.set(one.kind.name, (struck.get(one.kind.name) ?? 0) + 1);
          return one.kind;
        }
      }
      return undefined;
    },
  };
}
