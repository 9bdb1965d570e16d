import { createHash } from 'node:crypto';
import type { CONNECTIONS } from '../../shared/cli/connect/open.ts';
import type { Ports } from '../../shared/ports.ts';
import type { BackOff } from '../../shared/retry/back-off.ts';
import type { ReconcileMessage } from '../../shared/retry/message.ts';
import { acknowledged } from '../../shared/status/acknowledgement.ts';
import { knownDeliveries } from '../../shared/status/deliveries.ts';
import { clusterProblem, problemRecord } from '../../shared/status/problem.ts';
import type { RunStatus } from '../../shared/status/run.ts';
import { blankRow, NO_CLUSTER, rowId, type TargetStatus } from '../../shared/status/target.ts';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { createFakeKeyVault } from '../support/fakes/key-vault.ts';
import { type FakeRegistry, fakeRegistry } from '../support/fakes/registry.ts';

/** What stands in the tables of a deployment that has seen a few things; `now`: ms since the epoch. */
export interface Fleet {
  connections: Partial<typeof CONNECTIONS>;
  /** Replaced by tests: what a table says from then on. */
  rows: Map<string, TargetStatus[]>;
  runs: Map<string, RunStatus[]>;
  registry: FakeRegistry;
  sent: ReconcileMessage[];
}

interface Size {
  clusters: number;
  targetsPerCluster: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const PLACES = ['weu', 'neu', 'sea', 'eus', 'jpe', 'brs'];
const THINGS = ['postgres', 'rabbitmq', 'redis', 'smtp', 'grafana', 'payments-api', 'oauth', 'tls'];
const APPS = ['app-1', 'app-2', 'app-3', 'checkout', 'billing'];

export const SHOWN_SECRET = 'app-1--postgres--password';
/** Versions of it that other ones followed, the newest first. */
const OLDER = [
  { version: 'decade'.padEnd(32, '0'), days: 12 },
  { version: 'c0ffee'.padEnd(32, '0'), days: 40 },
];

const clusterName = (at: number): string =>
  `${PLACES[at % PLACES.length] ?? ''}-${Math.floor(at / PLACES.length) + 1}`;
const versionAt = (at: number): string => createHash('sha256').update(String(at)).digest('hex').slice(0, 32);

function rowAt(cluster: string, at: number, now: number): TargetStatus {
  const app = APPS[at % APPS.length] ?? '';
  const thing = THINGS[Math.floor(at / APPS.length) % THINGS.length] ?? '';
  const round = Math.floor(at / APPS.length / THINGS.length);
  const name = round === 0 ? thing : `${thing}-${round}`;
  const source = `${app}--${name}--password`;
  const [version, delivered] = [versionAt(at), now - ((at * 37) % 9000) * MINUTE - 3 * MINUTE];
  const expires = Math.floor((now + (2 + ((at * 13) % 200)) * DAY) / 1000);
  return {
    ...blankRow({
      cluster,
      id: `${app}:${name}`,
      state: 'synced',
      code: 'DELIVERED',
      message: 'the Secret was written',
      since: delivered,
    }),
    route: app,
    stands: 'yes',
    deliveredAt: delivered,
    uid: `uid-${at}`,
    resourceVersion: '7',
    sources: `team/${source}@${version}:${Math.floor((delivered - msAt(at)) / 1000)}`,
    expires: at % 3 === 0 ? JSON.stringify({ [source]: expires }) : '',
    deliveries: JSON.stringify(deliveriesOf(source, at, delivered)),
    cause: 'event',
    lookedAt: now - 4 * MINUTE,
  };
}

/** How long a delivery took. */
const msAt = (at: number): number => 700 + ((at * 211) % 2500);

/** The version that stands there and, of the secret that is looked at, those before it. */
function deliveriesOf(secret: string, at: number, last: number): object[] {
  const ms = msAt(at);
  const before = secret === SHOWN_SECRET ? OLDER : [];
  const earlier = before.map(({ version, days }) => ({
    at: last - days * DAY,
    version,
    secret,
    ms: ms + days * 20,
  }));
  return [{ at: last, version: versionAt(at), secret, ms }, ...earlier];
}

/** It still has the version before, or nothing. */
const waiting = (row: TargetStatus, now: number): TargetStatus => ({
  ...row,
  sources: row.sources.replace(
    /@[^:]+:\d+/,
    `@${OLDER[0]?.version ?? ''}:${Math.floor((now - 12 * DAY) / 1000)}`,
  ),
  deliveredAt: now - 12 * DAY + 1000,
  deliveries: JSON.stringify(knownDeliveries(row.deliveries).slice(1)),
  state: 'pending',
  code: 'CLUSTER_UNREACHABLE',
  message: 'no connection to the API server: ECONNREFUSED',
  attempts: 5,
  since: now - 7 * MINUTE,
  failingSince: now - 7 * MINUTE,
  nextRetry: now + 2 * MINUTE,
});

const refused = (row: TargetStatus, now: number): TargetStatus => ({
  ...row,
  state: 'refused',
  code: 'NOT_ACCEPTED',
  message: 'namespace app-3 accepts no secrets (annotation vaultcast.dev/accept is missing)',
  stands: 'no',
  deliveredAt: 0,
  deliveries: '',
  since: now - 90 * MINUTE,
});

const expired = (row: TargetStatus, now: number): TargetStatus => {
  const source = /\/([^@]+)@/.exec(row.sources)?.[1] ?? '';
  const part = { [source]: 'expired' };
  return {
    ...row,
    state: 'degraded',
    code: 'EXPIRED',
    message: `${source} has expired`,
    parts: JSON.stringify(part),
    since: now - DAY,
  };
};

/** One cluster is away, one namespace does not agree, and a few other things that happen. */
function rowsOf(cluster: string, at: number, targets: number, now: number): TargetStatus[] {
  const rows = Array.from({ length: targets }, (_, one) => rowAt(cluster, one, now));
  return rows.map((row, one) => {
    if (at === 1) return one % 3 === 0 ? waiting(row, now) : row;
    if (row.id.startsWith('app-3:') && at === 2) return refused(row, now);
    if (at % 17 === 3 && one === 5) return expired(row, now);
    return row;
  });
}

function runsOf(cluster: string, at: number, targets: number, now: number): RunStatus[] {
  const base = { kind: 'reconcile', scope: '', lines: [], app: '0.2.0', cluster } as const;
  const done = (minutes: number): RunStatus => ({
    ...base,
    run: `20261121T${String(10 - Math.floor(minutes / 60)).padStart(2, '0')}${String(59 - (minutes % 60)).padStart(2, '0')}00Z-3fa9c1aa`,
    state: at === 1 ? 'failed' : 'done',
    startedAt: now - minutes * MINUTE,
    finishedAt: now - minutes * MINUTE + 3200,
    done: targets,
    total: targets,
    counts: at === 1 ? { CLUSTER_UNREACHABLE: 1 } : { UNCHANGED: targets - 1, DELIVERED: 1 },
    lines: at === 1 ? ['CLUSTER_UNREACHABLE: no connection to the API server: ECONNREFUSED'] : [],
  });
  const going: RunStatus = {
    ...done(0),
    state: 'running',
    finishedAt: 0,
    startedAt: now - 9000,
    done: Math.floor(targets / 3),
    counts: {},
    lines: [],
  };
  return at === 0 ? [going, done(15), done(30)] : [done(15), done(30)];
}

function documentsFor(names: readonly string[]): unknown[] {
  const clusters = names.map((name) => writtenCluster(name));
  return [...clusters, ...APPS.map((app) => writtenRoute(app))];
}

function problemsIn(names: readonly string[], now: number): TargetStatus[] {
  const [, away] = names;
  if (away === undefined) return [];
  const problem = clusterProblem(
    away,
    'CLUSTER_UNREACHABLE',
    'no connection to the API server: ECONNREFUSED',
  );
  const row = problemRecord(problem, undefined, { run: 'run', now: now - 7 * MINUTE });
  return [acknowledged(row, { by: 'octo', at: now - 5 * MINUTE, reason: 'maintenance until noon' })];
}

/** Tables in memory, in which reading costs nothing: what is looked at is the page. */
export async function aFleet({ clusters, targetsPerCluster }: Size, now = Date.now()): Promise<Fleet> {
  const names = Array.from({ length: clusters }, (_, at) => clusterName(at));
  const rows = new Map(names.map((name, at) => [name, rowsOf(name, at, targetsPerCluster, now)]));
  rows.set(NO_CLUSTER, problemsIn(names, now));
  const runs = new Map(names.map((name, at) => [name, runsOf(name, at, targetsPerCluster, now)]));
  const backOffs = new Map<string, BackOff>();
  if (names[1] !== undefined)
    backOffs.set(names[1], {
      failures: 5,
      nextTry: now + 2 * MINUTE,
      cause: 'CLUSTER_UNREACHABLE: no connection',
    });
  const status: Pick<Ports['status'], 'target' | 'targets' | 'runs' | 'backOffs'> = {
    target: async (ref) => rows.get(ref.cluster)?.find(({ id }) => id === rowId(ref)),
    targets: async (cluster) => rows.get(cluster) ?? [],
    runs: async (cluster) => runs.get(cluster) ?? [],
    backOffs: async () => backOffs,
  };
  const sent: ReconcileMessage[] = [];
  const queue: Pick<Ports['queue'], 'reconcile'> = { reconcile: async (message) => void sent.push(message) };
  const registry = fakeRegistry(...documentsFor(names).map(stored));
  const vault = vaultWith(now);
  const connections: Partial<typeof CONNECTIONS> = {
    openRegistry: async () => registry,
    openStatus: async () => status,
    openVault: async () => vault,
    openQueue: async () => queue,
  };
  return { connections, rows, runs, registry, sent };
}

/** What the person may see in the vault: three versions of one secret. */
function vaultWith(now: number) {
  let clock = now - 40 * DAY;
  const vault = createFakeKeyVault({ vaults: ['team'], now: () => clock });
  for (const { version, days } of [...OLDER.toReversed(), { version: versionAt(0), days: 0 }]) {
    clock = now - days * DAY - 4 * MINUTE;
    const exp = Math.floor((now + (60 - days) * DAY) / 1000);
    vault.people.set('team', SHOWN_SECRET, 'a value', { version, exp });
  }
  clock = now;
  return vault;
}
