import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tellOfQueues } from '../../shared/reconcile/queues.ts';
import { createFakeClock } from '../support/fakes/clock.ts';
import { createFakeLog } from '../support/fakes/log.ts';
import { createFakeQueue } from '../support/fakes/queue.ts';
import { INFRA } from './bicep/file.ts';
import type { Row } from './kusto/functions.ts';
import { runQuery } from './kusto/query.ts';
import { situations } from './telemetry.ts';

const KQL = join(INFRA, 'kql');
const NAMES = readdirSync(KQL).map((file) => file.replace('.kql', ''));
const textOf = (name: string): string => readFileSync(join(KQL, `${name}.kql`), 'utf8');

/** Query -> situation -> how many rows it gives there; none where nothing stands. */
const wanted = JSON.parse(
  readFileSync(join(import.meta.dirname, 'rows-by-situation.json'), 'utf8'),
) as Record<string, Record<string, number>>;

const rowsOf = (query: string, situation: string): Row[] => {
  const { tables, end } = situations.find(({ name }) => name === situation) ?? { tables: {}, end: 0 };
  return runQuery(textOf(query), tables, end);
};

/** Alerts that fire when there is a row: all but the one that fires when there is none. */
const ALERTS = NAMES.filter((name) => name.startsWith('alert-') && name !== 'alert-run-ended');
const alertsIn = (situation: string): string[] =>
  ALERTS.filter((name) => rowsOf(name, situation).length > 0).map((name) => name.replace('alert-', ''));

it('every query and every situation is looked at', () => {
  expect(Object.keys(wanted).toSorted()).toEqual(NAMES.toSorted());
  expect(situations.map(({ name }) => name).filter((name) => /^[01]/.test(name))).toHaveLength(34);
  expect(situations).toHaveLength(40);
});

describe.each(NAMES)('%s', (query) => {
  it('gives these rows over these situations, and none over the others', () => {
    const given = situations.map(({ name }) => [name, rowsOf(query, name).length] as const);
    expect(Object.fromEntries(given.filter(([, count]) => count > 0))).toEqual(wanted[query]);
  });
});

describe('the alerts', () => {
  it.each([
    ['02-cluster-hangs', ['cluster-failing']],
    ['03-gave-up', ['gave-up', 'handler', 'messages']],
    ['04-vault-403', ['vault-forbidden']],
    ['04-vault-429', ['outage']],
    ['04-vault-503', ['outage']],
    ['05-expiry', ['expiring']],
    ['05-removal-held', ['removals-held']],
    ['06-run-missed', ['run-late']],
    ['07-handler-throws', ['handler']],
    ['07-registry-down', ['outage']],
    ['08a-queue-forbidden', ['host']],
    ['08b-queue-refused', ['host']],
    ['08c-worker-killed', ['host']],
    ['08d-start-queue-forbidden', ['host']],
    ['08e-start-blob-forbidden', ['host']],
    ['08f-worker-killed-in-flight', ['handler', 'host']],
    ['09-undecodable', ['messages']],
    ['11-function-timeout', ['handler']],
    ['13-run-brings-change', ['expiring', 'no-events']],
    ['15-flex-queue-forbidden', ['host']],
    ['17-registry-down-runs', ['handler']],
    ['17-token-refused', ['outage']],
    ['17-vault-refused', ['outage']],
    ['20-run-incomplete', ['run-incomplete', 'vault-forbidden']],
    ['22-messages-unread', ['messages']],
    ['24-settings-refused', ['handler', 'settings']],
    ['25-setting-left-out', ['cluster-failing', 'settings']],
  ])('in situation %s are %j', (situation, names) => {
    expect(alertsIn(situation)).toEqual(names);
  });

  it.each([
    '01-rotation',
    '12-sampling',
    '14-events-refused',
    '16-manual-push-and-plan',
    '21-run-done',
    '23-debounced',
  ])('are silent in situation %s, where nobody has to come', (situation) => {
    expect(alertsIn(situation)).toEqual([]);
  });

  it('take no plan for a run', () => {
    expect(rowsOf('alert-run-ended', '16-manual-push-and-plan')).toEqual([]);
    expect(rowsOf('alert-run-ended', '01-rotation')).not.toEqual([]);
  });

  it('have a row for what vaultcast has no code for', () => {
    const message = '{"code":"INTERNAL","level":"error","message":"unexpected TypeError"}';
    expect(runQuery(textOf('alert-defect'), { traces: [{ timestamp: 1, message }] }, 2)).toHaveLength(1);
  });

  it('hear of missing events for each vault by itself, and not of what a person pushed', () => {
    const line = (fields: object): Row => ({ timestamp: 1, message: JSON.stringify(fields) });
    const byRun = { code: 'DELIVERED', runId: 'run-1' };
    const traces = [
      line({ code: 'UNCHANGED', vault: 'heard', eventId: 'event-1' }),
      line({ ...byRun, vault: 'heard' }),
      line({ ...byRun, vault: 'silent' }),
      line({ ...byRun, vault: 'pushed', attempt: 1 }),
    ];
    const rows = runQuery(textOf('alert-no-events'), { traces }, 2);
    expect(rows.map(({ vault }) => vault)).toEqual(['silent']);
  });
});

describe('the time from an event to its writes', () => {
  const HOUR = 3_600_000;
  const NOW = 200 * HOUR;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const run = (lines: [at: number, line: object][]): Row[] =>
    runQuery(
      textOf('event-to-write'),
      { traces: lines.map(([timestamp, line]) => ({ timestamp, message: JSON.stringify(line) })) },
      NOW,
    );
  const at = NOW - HOUR;
  const target = { eventId: 'e', cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
  const delivered = { ...target, code: 'DELIVERED', durationMs: 500 };

  it('begins when Key Vault said it, however late it came', () => {
    const late = { ...delivered, eventTime: iso(at - 90_000) };
    expect(run([[at, late]])).toMatchObject([{ writes: 1, slowest: 90 }]);
  });

  it('is that of the event where a message of the queue went on with its work', () => {
    const queued = { eventId: 'e', code: 'QUEUED', eventTime: iso(at - 60_000) };
    const lines: [number, object][] = [
      [at - 50_000, queued],
      [at, delivered],
      [at + 1000, { ...delivered, name: 'mq' }],
    ];
    expect(run(lines)).toMatchObject([{ writes: 2, p50: 60, slowest: 61 }]);
  });

  it('begins when the event came where lines of version 0.1.0 do not tell more', () => {
    expect(run([[at, delivered]])).toMatchObject([{ writes: 1, slowest: 0.5 }]);
  });

  it('is none of what was never written', () => {
    expect(run([[at, { ...target, code: 'CLUSTER_TIMEOUT', eventTime: iso(at) }]])).toEqual([]);
  });
});

describe('the alert for old messages', () => {
  /** What a run of this version says of its queues. */
  async function lineOf(oldestMs: number | undefined): Promise<Row> {
    const log = createFakeLog();
    const known = [
      { queue: 'push', messages: 3, oldestMs },
      { queue: 'push-poison', messages: 0, oldestMs: undefined },
    ];
    const lengths = async () => ({ known, failures: [] });
    await tellOfQueues({ queue: { ...createFakeQueue(createFakeClock()), lengths }, log }, 'run-1');
    return { timestamp: 1, message: JSON.stringify(log.outcomes[0]) };
  }

  it.each([
    [undefined, 0],
    [0, 0],
    [30 * 60_000, 0],
    [3_600_001, 1],
    [7_200_000, 1],
  ])('has for an oldest message of %s ms %i rows', async (oldestMs, rows) => {
    expect(runQuery(textOf('alert-queue-age'), { traces: [await lineOf(oldestMs)] }, 2)).toHaveLength(rows);
  });

  it('says which queue it is', async () => {
    const [row] = runQuery(textOf('alert-queue-age'), { traces: [await lineOf(7_200_000)] }, 2);
    expect(row).toMatchObject({ seconds: 7200, queues: 'push 3, the oldest for 7200 s; push-poison 0' });
  });
});

describe('events without outcome', () => {
  const run = (lines: object[], requests: Row[] = []): Row[] =>
    runQuery(
      textOf('events-without-outcome'),
      {
        traces: lines.map((line) => ({ timestamp: 1, operation_Id: 'a', message: JSON.stringify(line) })),
        requests,
      },
      86_400_000,
    );
  const target = { eventId: 'e', cluster: 'weu-1', namespace: 'app-1', name: 'pg' };

  it('are those that still wait', () => {
    expect(run([{ ...target, code: 'QUEUED' }])).toHaveLength(1);
    expect(
      run([
        { ...target, code: 'QUEUED' },
        { ...target, code: 'DELIVERED' },
      ]),
    ).toEqual([]);
  });

  it('are none whose secret waited as a whole before its targets were written', () => {
    const waited = { eventId: 'e', code: 'REGISTRY_UNAVAILABLE', secret: 's' };
    expect(run([waited])).toHaveLength(1);
    expect(run([waited, { ...target, code: 'DELIVERED' }])).toEqual([]);
  });

  it('are invocations that ended well without a line', () => {
    const request = { timestamp: 1, name: 'on-vault-event', success: 'True', operation_Id: 'silent' };
    const lines = [{ ...target, code: 'DELIVERED' }];
    expect(run(lines, [request])).toMatchObject([{ code: 'no outcome' }]);
    expect(run(lines, [{ ...request, operation_Id: 'a' }])).toEqual([]);
    expect(run(lines, [{ ...request, success: 'False' }])).toEqual([]);
  });
});
