import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Views } from '../../../shared/cli/dashboard/views.ts';
import { clusterProblem, heldProblem, problemRecord } from '../../../shared/status/problem.ts';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { writtenCluster, writtenRoute } from '../../support/documents.ts';
import { aRun } from '../app.ts';
import { aRow, V1 } from '../rows.ts';
import { run } from '../run.ts';
import { aBuiltPage } from './page-folder.ts';
import { visit, type Visit } from './visit.ts';
import { appRun, aWorld } from './world.ts';

const NAME = 'app-1--pg--password';
const RUN = '20261121T101500Z-3fa9c1aa';
const refused = aRow({ id: 'app-1:mq', state: 'refused', code: 'NOT_ACCEPTED', message: 'no', sources: '' });
const waits = aRow({ id: 'app-1:api', state: 'pending', code: 'CLUSTER_TIMEOUT', message: 'late' });
const two = [writtenCluster(), writtenCluster('neu-1'), writtenRoute()];

let page: Awaited<ReturnType<typeof aBuiltPage>>;
let here: Visit;

async function open(given: Parameters<typeof aWorld>[0], env: Record<string, string> = {}) {
  const world = await aWorld(given);
  here = await visit({
    connections: world.connections,
    assets: page.folder,
    env: { REGISTRY: 'UseDevelopmentStorage=true', ...env },
  });
  return world;
}

beforeAll(async () => {
  page = await aBuiltPage();
});
afterEach(() => here.stop());
afterAll(() => page.remove());

describe('the fleet', () => {
  it('has each cluster with its level, the reason in a sentence, and its targets by state', async () => {
    const rows = [aRow(), waits, aRow({ cluster: 'neu-1' }), { ...refused, cluster: 'neu-1' }];
    await open({ documents: two, rows, runs: [aRun({ counts: { UNCHANGED: 2 } })] });

    const { items, metadata } = await here.view('fleet');

    expect(items).toMatchObject([
      { name: 'neu-1', level: 'attention', because: '1 refused', targets: { refused: 1, synced: 1 } },
      { name: 'weu-1', level: 'waiting', because: '1 pending', lastRun: { state: 'done' } },
    ]);
    expect(metadata).toMatchObject({ counts: { attention: 1, waiting: 1 }, read: 2, of: 2, problems: 2 });
  });

  it('says of a cluster that keeps failing why, and when it is tried next', async () => {
    const problem = clusterProblem('weu-1', 'CLUSTER_UNREACHABLE', 'no connection');
    const world = await aWorld({
      documents: two,
      rows: [problemRecord(problem, undefined, { run: RUN, now: 1 })],
    });
    const nextTry = Date.now() + 60_000;
    await world.status.saveBackOff('weu-1', { failures: 4, nextTry }, new AbortController().signal);
    here = await visit({
      connections: world.connections,
      assets: page.folder,
      env: { REGISTRY: 'UseDevelopmentStorage=true' },
    });

    expect((await here.view('fleet?name=weu-1')).items).toMatchObject([
      {
        level: 'down',
        because: 'no connection',
        backOff: { failures: 4, nextTry: new Date(nextTry).toISOString() },
      },
    ]);
  });

  it('says of a cluster that nobody looked at that it is not known', async () => {
    await open({ documents: two });

    expect((await here.view('fleet')).items).toMatchObject([{ level: 'unknown' }, { level: 'unknown' }]);
  });
});

describe('a list of targets', () => {
  it('has the items that vaultcast get targets gives as JSON', async () => {
    const world = await open({ documents: two, rows: [aRow(), refused, waits] });
    const ran = await run(['get', 'targets', '-o', 'json'], world);
    const { items, metadata } = await here.view('targets');

    expect(items).toEqual((JSON.parse(ran.out) as Views['targets']).items);
    expect(metadata).toMatchObject({ total: 3, counts: { synced: 1, refused: 1, pending: 1 } });
  });

  it.each([
    ['state=refused', ['mq']],
    ['reason=CLUSTER_TIMEOUT', ['api']],
    ['q=1/p', ['pg']],
    ['secret=team/app-1--pg--password', ['api', 'pg']],
    ['cluster=neu-1', []],
    ['offset=1&limit=1', ['mq']],
  ])('is narrowed by %s', async (query, names) => {
    await open({ documents: two, rows: [aRow(), refused, waits] });

    expect((await here.view(`targets?${query}`)).items.map(({ metadata }) => metadata.name)).toEqual(names);
  });
});

describe('secrets', () => {
  it('are found by a part of their name, with their targets by state over all clusters', async () => {
    const other = aRow({ id: 'app-1:x', sources: `team/app-1--x@${V1}:1795000000` });
    await open({ documents: two, rows: [aRow(), aRow({ cluster: 'neu-1', state: 'failed' }), other] });

    expect((await here.view('secrets')).metadata.total).toBe(2);
    expect((await here.view('secrets?q=PG--')).items).toMatchObject([
      {
        vault: 'team',
        name: NAME,
        counts: { synced: 1, failed: 1 },
        deliveredAt: new Date(1_795_000_012_000).toISOString(),
      },
    ]);
  });

  it('say one by one what vaultcast explain says, and which versions the vault shows', async () => {
    const world = await open({ documents: two, rows: [aRow(), aRow({ cluster: 'neu-1' })] });
    world.vault.people.set('team', NAME, 's3cret', { version: V1 });
    const ran = await run(['explain', NAME, '-o', 'json'], world);
    const { versions, arrivals, status, ...rest } = await here.view(`secret?vault=team&name=${NAME}`);

    const explained = JSON.parse(ran.out) as Views['secret'];
    expect(status).toEqual(explained.status);
    expect(rest).toMatchObject({ kind: 'SecretStatus', metadata: { vault: 'team', name: NAME } });
    expect(versions).toMatchObject([{ version: V1, enabled: true }]);
    expect(arrivals).toEqual([]);
  });

  it('tell by version how it came to its targets, the newest first, and how long the last one took', async () => {
    const came = (at: number, ms: number) => ({ at, version: V1, secret: NAME, ms });
    const before = { at: 1_794_000_000_000, version: 'v0', secret: NAME };
    const rows = [
      aRow({ deliveries: JSON.stringify([came(1_795_000_001_000, 900), before]) }),
      aRow({ cluster: 'neu-1', deliveries: JSON.stringify([came(1_795_000_002_000, 1900)]) }),
    ];
    await open({ documents: two, rows });

    expect((await here.view(`secret?vault=team&name=${NAME}`)).arrivals).toEqual([
      {
        version: V1,
        total: 2,
        slowestMs: 1900,
        items: [
          expect.objectContaining({
            cluster: 'neu-1',
            namespace: 'app-1',
            name: 'pg',
            version: V1,
            ms: 1900,
          }),
          expect.objectContaining({ cluster: 'weu-1', ms: 900 }),
        ],
      },
      { version: 'v0', total: 1, items: [expect.objectContaining({ cluster: 'weu-1' })] },
    ]);
  });

  it('are told with the deliveries and without a version where the person may not look into the vault', async () => {
    const deliveries = JSON.stringify([{ at: 1_795_000_001_000, version: V1, secret: NAME, ms: 900 }]);
    const world = await open({ documents: two, rows: [aRow({ deliveries })] });
    world.vault.people.set('team', NAME, 's3cret', { version: V1 });
    world.vault.people.forbid('team', 'rbac');
    const { versions, arrivals, status } = await here.view(`secret?vault=team&name=${NAME}`);

    expect(versions).toEqual([]);
    expect(arrivals).toMatchObject([{ version: V1, total: 1 }]);
    expect(status.vault).toMatchObject({ state: 'unknown', message: expect.stringMatching(/./) });
    expect(status.targets[0]?.status.isLatest).toBeUndefined();
  });

  it('are refused by name when they can be none', async () => {
    await open({ documents: two });

    const heard = await here.get('api/secret?vault=team&name=%00');
    expect(heard).toMatchObject({ status: 503, body: expect.stringContaining('is no secret') });
  });
});

describe('problems', () => {
  it('are grouped by their cause, the newest cause first, each with its command', async () => {
    const older = aRow({ ...refused, id: 'app-1:old', since: 1000 });
    const newer = aRow({ ...refused, since: 2000 });
    const newest = aRow({ ...waits, since: 3000 });
    await open({ documents: two, rows: [older, newer, newest, aRow()] });

    const { items, metadata } = await here.view('problems');

    expect(metadata.total).toBe(3);
    expect(items).toMatchObject([
      { reason: 'CLUSTER_TIMEOUT', total: 1, help: ['vaultcast check weu-1'] },
      {
        reason: 'NOT_ACCEPTED',
        total: 2,
        clusters: 1,
        named: ['weu-1'],
        newest: new Date(2000).toISOString(),
        oldest: new Date(1000).toISOString(),
        help: ['vaultcast namespace app-1 --accept PREFIX--'],
        items: [{ spec: { name: 'mq' } }, { spec: { name: 'old' } }],
      },
    ]);
  });

  it('of held removals name the run to confirm', async () => {
    const held = problemRecord(heldProblem('weu-1', 7), undefined, { run: RUN, now: 1 });
    await open({ documents: two, rows: [held], runs: [aRun({ run: RUN, counts: { REMOVAL_HELD: 7 } })] });

    expect((await here.view('problems')).items).toMatchObject([
      { help: [`vaultcast reconcile --cluster weu-1 --confirm-removals ${RUN}`] },
    ]);
  });

  it('are acknowledged by an order to the app, as vaultcast ack gives it', async () => {
    const world = await open({ documents: two, rows: [refused], runs: [appRun(aRun())] }, { USER: 'octo' });

    const heard = await here.post('api/acknowledge', {
      problem: 'target:weu-1:app-1:mq',
      reason: 'ticket 4711',
    });

    expect(heard.status).toBe(202);
    expect(world.sent).toMatchObject([
      {
        kind: 'ack',
        cluster: 'weu-1',
        id: 'app-1:mq',
        code: 'NOT_ACCEPTED',
        author: 'octo',
        reason: 'ticket 4711',
      },
    ]);
  });

  it.each([
    ['what is no problem', { problem: 'target:weu-1:app-1:nothing', reason: '' }, 'no such problem'],
    ['a problem without a name', { reason: '' }, 'no such problem'],
    [
      'a reason that is too long',
      { problem: 'target:weu-1:app-1:mq', reason: 'x'.repeat(501) },
      'no such problem',
    ],
  ])('are not acknowledged: %s', async (_, body, why) => {
    const world = await open({ documents: two, rows: [refused], runs: [appRun(aRun())] });

    expect(await here.post('api/acknowledge', body)).toMatchObject({
      status: 503,
      body: expect.stringContaining(why),
    });
    expect(world.sent).toEqual([]);
  });
});

describe('runs', () => {
  it('are shown over all their clusters, and one by one with their lines', async () => {
    const done = aRun({ run: RUN, counts: { UNCHANGED: 3 }, by: 'octo' });
    const going = aRun({
      run: RUN,
      cluster: 'neu-1',
      state: 'running',
      finishedAt: 0,
      done: 1,
      total: 5,
      lines: ['x'],
      by: 'octo',
    });
    const older = aRun({ run: '20261120T101500Z-3fa9c1aa' });
    await open({ documents: two, runs: [done, going, older] });

    const { items } = await here.view('runs');
    expect(items.map(({ name }) => name)).toEqual([RUN, '20261120T101500Z-3fa9c1aa']);
    expect(items[0]).toMatchObject({
      author: 'octo',
      clusters: { done: 1, running: 1 },
      targets: { done: 4, total: 8 },
      outcomes: { UNCHANGED: 3 },
    });
    expect(items[0]?.finishedAt).toBeUndefined();
    expect((await here.view(`run?name=${RUN}`)).items).toMatchObject([
      { metadata: { cluster: 'neu-1' }, status: { state: 'running', lines: ['x'] } },
      { metadata: { cluster: 'weu-1' }, status: { state: 'done' } },
    ]);
  });
});

describe('expiry', () => {
  it('has what expires within 90 days, the soonest first, with its targets', async () => {
    const inDays = (days: number) => Math.floor(Date.now() / 1000) + days * 24 * 3600;
    const expiring = (row: Partial<TargetStatus>, days: number) =>
      aRow({ ...row, expires: JSON.stringify({ [NAME]: inDays(days) }) });
    const soon = expiring({ cluster: 'neu-1' }, 10);
    await open({ documents: two, rows: [expiring({}, 10), soon, expiring({ id: 'app-1:far' }, 100)] });

    expect((await here.view('expiry')).items).toEqual([
      { vault: 'team', name: NAME, expires: expect.any(String), targets: 2 },
    ]);
  });
});

describe('routes', () => {
  it('say in which clusters a namespace accepted, refused, or got nothing, as of the last look', async () => {
    const documents = [...two, writtenCluster('sea-1'), writtenCluster('dev-1', {}, { env: 'dev' })];
    const rows = [aRow(), aRow({ ...refused, cluster: 'neu-1' })];
    await open({ documents, rows });

    expect((await here.view('routes')).items).toMatchObject([
      {
        name: 'app-1',
        vault: 'team',
        prefix: 'app-1--',
        selector: 'env=prod',
        clusters: 3,
        namespaces: [{ namespace: 'app-1', accepted: 1, refused: ['neu-1'], unknown: 1 }],
      },
    ]);
  });
});
