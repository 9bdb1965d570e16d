import { describe, expect, it } from 'vitest';
import type { RunStatus } from '../../../shared/status/run.ts';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aRun } from '../app.ts';
import { aRow } from '../rows.ts';
import { run } from '../run.ts';

const signal = new AbortController().signal;
const aRegistry = () =>
  fakeRegistry(stored(writtenCluster()), stored(writtenCluster('neu-1')), stored(writtenRoute()));

async function withRows(...rows: TargetStatus[]) {
  const status = createFakeStatus();
  for (const row of rows) await status.saveTargets([row], signal);
  return { registry: aRegistry(), status };
}

const refused = aRow({
  id: 'app-2:mq',
  state: 'refused',
  code: 'NOT_ACCEPTED',
  message: 'no',
  sources: '',
  route: 'app-2',
});
const waiting = aRow({
  cluster: 'neu-1',
  state: 'waiting',
  code: 'CLUSTER_TIMEOUT',
  message: 'no answer in time',
});
const orphan = aRow({ cluster: 'neu-1', id: 'app-1:old', state: 'orphaned', code: 'ORPHANED' });
const gaveUp = aRow({
  cluster: '-',
  id: 'secret:team:app-1--pg--password',
  state: 'problem',
  code: 'GAVE_UP',
  message: 'Key Vault refused for 24 hours',
  sources: '',
  route: '',
});

describe('vaultcast get targets', () => {
  it('shows where everything is, and since when it is in its state', async () => {
    const ran = await run(['get', 'targets'], await withRows(aRow(), refused, waiting, gaveUp));

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out.split('\n')).toEqual([
      'CLUSTER  TARGET                           STATE    CODE             SINCE  ROUTE',
      '-        secret team/app-1--pg--password  problem  GAVE_UP          3 h',
      'neu-1    app-1/pg                         waiting  CLUSTER_TIMEOUT  3 h    app-1',
      'weu-1    app-1/pg                         current  DELIVERED        3 h    app-1',
      'weu-1    app-2/mq                         refused  NOT_ACCEPTED     3 h    app-2',
      '',
    ]);
  });

  it.each([
    [['--cluster', 'neu-1'], ['neu-1 app-1:pg']],
    [['--namespace', 'app-2'], ['weu-1 app-2:mq']],
    [['--state', 'waiting'], ['neu-1 app-1:pg']],
    [['--route', 'app-2'], ['weu-1 app-2:mq']],
    [['--secret', 'team/APP-1--pg--password', '--cluster', 'weu-1'], ['weu-1 app-1:pg']],
    [['--secret', 'other/app-1--pg--password'], []],
    [
      ['--secret', 'app-1--pg--other'],
      ['neu-1 app-1:pg', 'weu-1 app-1:pg'],
    ],
    [['app-2/mq'], ['weu-1 app-2:mq']],
    [['mq'], ['weu-1 app-2:mq']],
    [['--secret', 'app-1--mq'], []],
  ])('shows only what is asked for: %j', async (args, expected) => {
    const ran = await run(
      ['get', 'targets', ...args, '-o', 'json'],
      await withRows(aRow(), refused, waiting),
    );

    const rows = JSON.parse(ran.out) as TargetStatus[];
    expect(rows.map(({ cluster, id }) => `${cluster} ${id}`)).toEqual(expected);
  });

  it('shows versions, attempts and the whole message when wide', async () => {
    const message = 'm'.repeat(200);
    const ran = await run(['get', 'targets', '-o', 'wide'], await withRows(aRow({ message, attempts: 4 })));

    expect(ran.out).toContain(aRow().sources);
    expect(ran.out).toContain(message);
    expect(ran.out).toMatch(/ 4 +event-1 /);
  });

  it('says when there is none, and lets no row move the cursor', async () => {
    const none = await run(['get', 'targets'], await withRows());
    const evil = await run(['get', 'targets'], await withRows(aRow({ route: 'x\u001b[2J' })));

    expect(none).toMatchObject({ code: 0, out: '', err: expect.stringContaining('No target') });
    expect(evil.out).not.toContain('\u001b');
  });
});

describe('vaultcast get problems', () => {
  it('shows everything that is stuck, and why, and exits with 2', async () => {
    const world = await withRows(aRow(), refused, waiting, orphan, gaveUp);
    world.registry.write('Route', { partitionKey: 'team', rowKey: 'broken', document: 'x' });
    await world.status.saveBackOff('neu-1', { failures: 4, nextTry: Date.UTC(2026, 10, 21) }, signal);

    const ran = await run(['get', 'problems'], world);

    expect(ran.code).toBe(2);
    expect(ran.out).toMatch(/- +Route broken +problem +BAD_ROW +document is not JSON/);
    expect(ran.out).toMatch(/- +secret team\/app-1--pg--password +problem +GAVE_UP .*refused for 24 hours/);
    expect(ran.out).toMatch(/neu-1 +\(cluster\) +problem +CLUSTER_PROBED +it failed 4 times .*2026-11-21T/);
    expect(ran.out).toMatch(/neu-1 +app-1\/pg +waiting +CLUSTER_TIMEOUT/);
    expect(ran.out).toMatch(/weu-1 +app-2\/mq +refused +NOT_ACCEPTED/);
    expect(ran.out).not.toMatch(/current|orphaned/);
  });

  it('exits with 0 when there are none', async () => {
    expect(await run(['get', 'problems'], await withRows(aRow(), orphan))).toMatchObject({
      code: 0,
      out: '',
      err: 'No problems.\n',
    });
  });
});

describe('vaultcast get runs', () => {
  const withRuns = async (...rows: RunStatus[]) => {
    const status = createFakeStatus();
    for (const row of rows) await status.saveRun(row, signal);
    return { registry: aRegistry(), status };
  };
  const older = aRun({ run: '20261121T091500Z-aaaa', counts: { UNCHANGED: 3 } });
  const newer = aRun({ cluster: 'neu-1', state: 'failed', lines: ['CLUSTER_TLS: not its certificate'] });

  it('shows the newest first', async () => {
    const ran = await run(['get', 'runs'], await withRuns(older, newer));

    const [heading, first, second] = ran.out.split('\n');
    expect(heading).toMatch(/^RUN +KIND +CLUSTER +ROUTE +STATE +AGO +TOOK +TARGETS +OUTCOMES$/);
    expect(first).toMatch(/^20261121T101500Z-3fa9c1aa +reconcile +neu-1 +failed .* 4 s +0$/);
    expect(second).toMatch(/^20261121T091500Z-aaaa +reconcile +weu-1 +done .* 4 s +3 +UNCHANGED 3$/);
  });

  it('shows the lines of a run that is named', async () => {
    const ran = await run(['get', 'runs', newer.run], await withRuns(older, newer));

    expect(ran.out).toContain('neu-1:\n  CLUSTER_TLS: not its certificate');
    expect(ran.out).not.toContain(older.run);
  });

  it('shows only those of a cluster or a state', async () => {
    const world = await withRuns(older, newer);

    expect((await run(['get', 'runs', '--cluster', 'neu-1'], world)).out).not.toContain(older.run);
    expect((await run(['get', 'runs', '--state', 'done'], world)).out).not.toContain(newer.run);
    expect((await run(['get', 'runs', 'nonsense'], world)).err).toBe('No such run.\n');
  });
});
