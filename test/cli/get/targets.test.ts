import { describe, expect, it } from 'vitest';
import type { Output } from '../../../shared/output/json-schema.ts';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aRow, V1 } from '../rows.ts';
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
  stands: 'no',
  deliveredAt: 0,
});
const waiting = aRow({
  cluster: 'neu-1',
  state: 'pending',
  code: 'CLUSTER_TIMEOUT',
  message: 'no answer in time',
});
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
  it('shows what stands, the state of each target and since when, and how many there are of each state', async () => {
    const ran = await run(['get', 'targets'], await withRows(aRow(), refused, waiting, gaveUp));

    expect(ran).toMatchObject({ code: 0, err: '3 targets: 1 pending, 1 refused, 1 synced\n' });
    expect(ran.out.split('\n').map((line) => line.replace(/ \d+ d /, ' 9 d '))).toEqual([
      'CLUSTER  TARGET    STATE    REASON           STANDS  DELIVERED  SINCE  ROUTE',
      expect.stringMatching(/^neu-1 {4}app-1\/pg  pending  CLUSTER_TIMEOUT  yes +\d+ \w+ +3 h    app-1$/),
      expect.stringMatching(/^weu-1 {4}app-1\/pg  synced   DELIVERED        yes +\d+ \w+ +3 h    app-1$/),
      expect.stringMatching(/^weu-1 {4}app-2\/mq  refused  NOT_ACCEPTED     no +3 h    app-2$/),
      '',
    ]);
  });

  it.each([
    [['--cluster', 'neu-1'], ['neu-1 app-1/pg']],
    [['--namespace', 'app-2'], ['weu-1 app-2/mq']],
    [['--state', 'pending'], ['neu-1 app-1/pg']],
    [['--route', 'app-2'], ['weu-1 app-2/mq']],
    [
      ['--vault', 'team'],
      ['neu-1 app-1/pg', 'weu-1 app-1/pg'],
    ],
    [['--secret', 'team/APP-1--pg--password', '--cluster', 'weu-1'], ['weu-1 app-1/pg']],
    [['--secret', 'other/app-1--pg--password'], []],
    [
      ['--secret', 'app-1--pg--other'],
      ['neu-1 app-1/pg', 'weu-1 app-1/pg'],
    ],
    [['app-2/mq'], ['weu-1 app-2/mq']],
    [['mq'], ['weu-1 app-2/mq']],
    [['--secret', 'app-1--mq'], []],
  ])('shows only the targets that %j selects', async (args, expected) => {
    const ran = await run(
      ['get', 'targets', ...args, '-o', 'json'],
      await withRows(aRow(), refused, waiting),
    );

    const { items } = JSON.parse(ran.out) as { items: Output<'Target'>[] };
    const places = items.map(
      ({ metadata: { cluster, namespace, name } }) => `${cluster} ${namespace}/${name}`,
    );
    expect(places).toEqual(expected);
  });

  it('gives the last deliveries and the expiry of each source with -o json', async () => {
    const at = Date.UTC(2026, 10, 21, 10);
    const deliveries = JSON.stringify([
      { at, secret: 'app-1--pg--password', version: V1, ms: 1500 },
      { at, secret: 'x', version: V1 },
    ]);
    const expires = JSON.stringify({ 'app-1--pg--password': at / 1000 });

    const { out } = await run(
      ['get', 'targets', '-o', 'json'],
      await withRows(aRow({ deliveries, expires })),
    );

    const [target] = (JSON.parse(out) as { items: Output<'Target'>[] }).items;
    expect(target?.status.sources).toMatchObject([{ expires: '2026-11-21T10:00:00.000Z' }]);
    expect(target?.status.deliveries).toEqual([
      { at: '2026-11-21T10:00:00.000Z', secret: 'app-1--pg--password', version: V1, ms: 1500 },
      { at: '2026-11-21T10:00:00.000Z', secret: 'x', version: V1 },
    ]);
  });

  it('says that a cluster is not registered instead of showing nothing of it', async () => {
    expect(await run(['get', 'targets', '--cluster', 'weu-2'], await withRows(aRow()))).toMatchObject({
      code: 1,
      err: expect.stringContaining('Cluster weu-2 is not registered\nDid you mean weu-1?'),
    });
  });

  it('shows versions, attempts and the whole message with -o wide', async () => {
    const message = 'm'.repeat(200);
    const ran = await run(['get', 'targets', '-o', 'wide'], {
      ...(await withRows(aRow({ message, attempts: 4 }))),
      width: 60,
    });

    expect(ran.out).toContain(aRow().sources);
    expect(ran.out).toContain(message);
    expect(ran.out).toMatch(/ 4 +event-1 /);
  });

  it('prints a line per target that other commands take with -o name', async () => {
    const ran = await run(['get', 'targets', '-o', 'name'], await withRows(aRow(), refused));

    expect(ran).toEqual({ code: 0, out: 'target/weu-1/app-1/pg\ntarget/weu-1/app-2/mq\n', err: '' });
  });

  it('says that there is no target when there is none, and strips control characters from rows', async () => {
    const none = await run(['get', 'targets'], await withRows());
    const evil = await run(['get', 'targets'], await withRows(aRow({ route: 'x\u001b[2J' })));

    expect(none).toMatchObject({ code: 0, out: '', err: expect.stringContaining('No target') });
    expect(evil.out).not.toContain('\u001b');
  });

  it('shows with --watch what changed since the last look, until it is interrupted', async () => {
    const world = await withRows(aRow(), waiting);
    const stop = new AbortController();
    const looks = { count: 0 };
    const status = {
      ...world.status,
      targets: async (cluster: string, asked: AbortSignal) => {
        looks.count += cluster === 'neu-1' ? 1 : 0;
        if (looks.count === 2)
          await world.status.saveTargets(anyway([{ ...waiting, state: 'synced' }]), signal);
        if (looks.count === 4) stop.abort();
        return world.status.targets(cluster, asked);
      },
    };

    const ran = await run(['get', 'targets', '-o', 'name', '--watch'], {
      ...world,
      status,
      signal: stop.signal,
    });

    expect(ran.code).toBe(130);
    expect(ran.out).toBe('target/neu-1/app-1/pg\ntarget/weu-1/app-1/pg\ntarget/neu-1/app-1/pg\n');
  });
});
