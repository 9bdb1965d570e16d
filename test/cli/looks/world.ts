import { COMMANDS as ALL } from '../../../shared/cli/commands.ts';
import { DAY_MS, NO_CLUSTER, type TargetStatus } from '../../../shared/status/target.ts';
import { vaultProblem, heldProblem, problemRecord } from '../../../shared/status/problem.ts';
import { anyway } from '../../support/anyway.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aRun } from '../app.ts';
import { aRow, V1 } from '../rows.ts';
import { run } from '../run.ts';
import { queueOf } from './app.ts';
import { CHANGED, CHANGED_BADLY } from './documents.ts';

/** When people look. */
export const NOW = Date.UTC(2026, 10, 21, 12);
const SECRET = 'app-1--postgres972--connectionstring';
const HOUR = 3_600_000;
const RUN = '20261121T101500Z-3fa9c1aa';
const OF_SECRET = `team/${SECRET}@${V1}:${(NOW - 3 * HOUR) / 1000}`;
const signal = new AbortController().signal;

/** What stands in another Secret than the one that is asked for. */
const standing = (name: string) => `team/${name}@${V1}:${(NOW - 3 * HOUR) / 1000}`;

const delivered = { deliveredAt: NOW - 3 * HOUR + 4000, since: NOW - 3 * HOUR, sources: OF_SECRET } as const;
const nothing = { stands: 'no', deliveredAt: 0, sources: '', since: NOW - 26 * HOUR } as const;

/** A row of each state, with the messages that the app writes. */
const ROWS: TargetStatus[] = [
  aRow({ ...delivered, id: 'app-1:postgres972' }),
  aRow({
    ...delivered,
    cluster: 'neu-1',
    id: 'app-1:postgres972',
    state: 'pending',
    code: 'CLUSTER_UNREACHABLE',
    message: 'cluster neu-1, get namespaces app-1: it refused the connection',
    attempts: 4,
    failingSince: NOW - 20 * 60_000,
    nextRetry: NOW + 5 * 60_000,
  }),
  ...['mq', 'redis', 'smtp'].map((name) =>
    aRow({
      ...nothing,
      id: `app-2:${name}`,
      route: 'app-2',
      state: 'refused',
      code: 'NOT_ACCEPTED',
      message: 'namespace app-2 accepts no secrets (annotation vaultcast.dev/accept is missing)',
    }),
  ),
  aRow({
    ...delivered,
    id: 'app-1:tls',
    sources: standing('app-1--tls--crt'),
    state: 'degraded',
    code: 'SOURCE_DISABLED',
    message: 'the Secret is up to date; secret app-1--tls--key is disabled',
    parts: JSON.stringify({ 'app-1--tls--key': 'disabled' }),
  }),
  aRow({
    ...delivered,
    id: 'app-1:old',
    sources: standing('app-1--old--password'),
    state: 'orphaned',
    code: 'ORPHANED',
    message: 'it is kept',
  }),
  aRow({
    ...delivered,
    id: 'app-3:api',
    sources: standing('app-3--api--token'),
    route: 'app-3',
    state: 'paused',
    code: 'PAUSED',
  }),
  aRow({ ...nothing, id: 'app-3:later', route: 'app-3', state: 'absent', code: 'SOURCE_NOT_YET_VALID' }),
  aRow({
    ...delivered,
    cluster: 'neu-1',
    id: 'app-1:redis',
    sources: standing('app-1--redis--password'),
    state: 'failed',
    code: 'GAVE_UP',
    message: 'failing for a day: cluster neu-1: no connection to the API server',
    since: NOW - DAY_MS,
    attempts: 60,
  }),
];

const PROBLEMS = [
  vaultProblem('team', 'VAULT_THROTTLED', 'vault team: answered 429'),
  heldProblem('weu-1', 39),
].map((problem) => ({
  ...problemRecord(problem, undefined, { run: RUN, now: NOW - HOUR }),
  cluster: NO_CLUSTER,
}));

const RUNS = [
  aRun({
    counts: { UNCHANGED: 36, DELIVERED: 2, ORPHANED: 39, REMOVAL_HELD: 39 },
    total: 77,
    startedAt: NOW - HOUR,
    finishedAt: NOW - HOUR + 4000,
  }),
  aRun({
    cluster: 'neu-1',
    run: '20261121T104500Z-1b2c3d4e',
    state: 'failed',
    counts: { CLUSTER_UNREACHABLE: 1 },
    total: 0,
    lines: ['CLUSTER_UNREACHABLE: cluster neu-1, list namespaces: it refused the connection'],
    startedAt: NOW - HOUR / 2,
    finishedAt: NOW - HOUR / 2 + 1000,
  }),
];

async function world() {
  const status = createFakeStatus();
  for (const row of [...ROWS, ...PROBLEMS]) await status.saveTargets(anyway([row]), signal);
  for (const row of RUNS) await status.saveRun(row, signal);
  const registry = fakeRegistry(
    stored(writtenCluster('weu-1')),
    stored(writtenCluster('neu-1')),
    stored(writtenRoute('app-1')),
    stored(writtenRoute('app-2', { prefix: 'app-2--', namespaces: ['app-2'] })),
    stored(writtenRoute('app-3', { prefix: 'app-3--', namespaces: ['app-3'], paused: true })),
  );
  const vault = createFakeKeyVault({ vaults: ['team'] });
  vault.people.set('team', SECRET, 'x', { version: V1, created: (NOW - 3 * HOUR) / 1000 });
  return { status, registry, vault, queue: queueOf(status) };
}

interface Typed {
  args: readonly string[];
  stdin?: string;
}

const ASKING = [
  ['--help'],
  ['get', '--help'],
  ['reconcile', '--help'],
  ['get', 'clusters'],
  ['get', 'routes'],
  ['get', 'targets'],
  ['get', 'problems'],
  ['get', 'runs'],
  ['get', 'runs', RUNS[1]?.run ?? ''],
  ['explain', SECRET],
  ['plan'],
  ['reconcile'],
  ['push', SECRET],
  ['check', 'weu-1'],
];

const COMMANDS: Typed[] = [
  ...ASKING.map((args) => ({ args })),
  { args: ['apply', '-f', '-', '--dry-run'], stdin: CHANGED },
  { args: ['apply', '-f', '-', '--yes'], stdin: CHANGED },
  { args: ['apply', '-f', '-', '--yes'], stdin: CHANGED_BADLY },
];

/** What is random of the id of a run that begins now; the ids above are shorter. */
const NEW_RUN = /\b(\d{8}T\d{6}Z)-[0-9a-f]{11}\b/g;

/** Of every command but the one that shells call. */
const HELPS = ALL.filter(({ name }) => name !== 'complete').map(({ name }) => ({ args: [name, '--help'] }));

/** What every command says of itself. */
export const helps = (width: number): Promise<string> => typed(HELPS, width, false);

export const session = (width: number, colour: boolean): Promise<string> => typed(COMMANDS, width, colour);

/** Each command as somebody types it, with what it prints on a terminal of that width. */
async function typed(commands: readonly Typed[], width: number, colour: boolean): Promise<string> {
  const shown: string[] = [];
  for (const { args, stdin = '' } of commands) {
    const { out, err } = await run(args, { ...(await world()), width, colour, stdin });
    shown.push(`$ vaultcast ${args.join(' ')}\n${out}${err}`);
  }
  return shown.join('\n').replaceAll(NEW_RUN, '$1-7c1e9f20a3b');
}
