import { describe, expect, it } from 'vitest';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aRow } from '../rows.ts';
import { anyway } from '../../support/anyway.ts';
import { run } from '../run.ts';

const signal = new AbortController().signal;
const aRegistry = () =>
  fakeRegistry(stored(writtenCluster()), stored(writtenCluster('neu-1')), stored(writtenRoute()));

async function withRows(...rows: TargetStatus[]) {
  const status = createFakeStatus();
  for (const row of rows) await status.saveTargets(anyway([row]), signal);
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
  state: 'pending',
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
  it('shows the state of each target, and since when it has that state', async () => {
    const ran = await run(['get', 'targets'], await withRows(aRow(), refused, waiting, gaveUp));

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out.split('\n')).toEqual([
      'CLUSTER  TARGET                           STATE    CODE             SINCE  ROUTE',
      '-        secret team/app-1--pg--password  problem  GAVE_UP          3 h',
      'neu-1    app-1/pg                         pending  CLUSTER_TIMEOUT  3 h    app-1',
      'weu-1    app-1/pg                         synced   DELIVERED        3 h    app-1',
      'weu-1    app-2/mq                         refused  NOT_ACCEPTED     3 h    app-2',
      '',
    ]);
  });

  it.each([
    [['--cluster', 'neu-1'], ['neu-1 app-1:pg']],
    [['--namespace', 'app-2'], ['weu-1 app-2:mq']],
    [['--state', 'pending'], ['neu-1 app-1:pg']],
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
  ])('shows only the rows that match %j', async (args, expected) => {
    const ran = await run(
      ['get', 'targets', ...args, '-o', 'json'],
      await withRows(aRow(), refused, waiting),
    );

    const rows = JSON.parse(ran.out) as TargetStatus[];
    expect(rows.map(({ cluster, id }) => `${cluster} ${id}`)).toEqual(expected);
  });

  it('shows versions, attempts and the whole message with -o wide', async () => {
    const message = 'm'.repeat(200);
    const ran = await run(['get', 'targets', '-o', 'wide'], await withRows(aRow({ message, attempts: 4 })));

    expect(ran.out).toContain(aRow().sources);
    expect(ran.out).toContain(message);
    expect(ran.out).toMatch(/ 4 +event-1 /);
  });

  it('says that there is no target when there is none, and strips control characters from rows', async () => {
    const none = await run(['get', 'targets'], await withRows());
    const evil = await run(['get', 'targets'], await withRows(aRow({ route: 'x\u001b[2J' })));

    expect(none).toMatchObject({ code: 0, out: '', err: expect.stringContaining('No target') });
    expect(evil.out).not.toContain('\u001b');
  });
});

describe('vaultcast get problems', () => {
  it('shows each row that is stuck with the reason, and exits with 2', async () => {
    const world = await withRows(aRow(), refused, waiting, orphan, gaveUp);
    world.registry.write('Route', { partitionKey: 'team', rowKey: 'broken', document: 'x' });
    await world.status.saveBackOff('neu-1', { failures: 4, nextTry: Date.UTC(2026, 10, 21) }, signal);

    const ran = await run(['get', 'problems'], world);

    expect(ran.code).toBe(2);
    expect(ran.out).toMatch(/- +Route broken +problem +BAD_ROW +document is not JSON/);
    expect(ran.out).toMatch(/- +secret team\/app-1--pg--password +problem +GAVE_UP .*refused for 24 hours/);
    expect(ran.out).toMatch(/neu-1 +\(cluster\) +problem +CLUSTER_BACKOFF +it failed 4 times .*2026-11-21T/);
    expect(ran.out).toMatch(/neu-1 +app-1\/pg +pending +CLUSTER_TIMEOUT/);
    expect(ran.out).toMatch(/weu-1 +app-2\/mq +refused +NOT_ACCEPTED/);
    expect(ran.out).not.toMatch(/synced|orphaned/);
  });

  it('exits with 0 when nothing is stuck', async () => {
    expect(await run(['get', 'problems'], await withRows(aRow(), orphan))).toMatchObject({
      code: 0,
      out: '',
      err: 'No problems.\n',
    });
  });
});
