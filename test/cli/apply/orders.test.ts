import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { appDoing } from '../app.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';

let folder: Folder;

beforeEach(async () => {
  folder = await aFolder();
});
afterEach(() => folder.remove());

const applying = async (documents: unknown[], ...args: string[]) => [
  'apply',
  '-f',
  await folder.file('r.yaml', documents),
  ...args,
];

describe('the reconcile after vaultcast apply', () => {
  const both = () => [stored(writtenCluster()), stored(writtenCluster('neu-1'))];

  it('covers only a new route in the clusters that it reaches', async () => {
    const app = appDoing(() => ({}));

    const ran = await run(await applying([writtenRoute()], '--yes'), {
      registry: fakeRegistry(...both()),
      ...app,
    });

    expect(ran).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining(`get runs ${app.sent[0]?.run}`),
    });
    expect(app.sent).toMatchObject([{ clusters: ['neu-1', 'weu-1'], route: 'app-1', dryRun: false }]);
  });

  it('covers the whole cluster when several things changed there or something may have to go', async () => {
    const app = appDoing(() => ({}));
    const registry = fakeRegistry(
      ...both(),
      stored(writtenRoute('app-3', { clusters: { names: ['neu-1'] } })),
    );
    const documents = [
      writtenRoute('app-1', { clusters: { names: ['weu-1'] } }),
      writtenCluster('new-1', { paused: true }),
    ];

    await run(await applying(documents, '--yes'), { registry, ...app });
    await run(await applying([writtenRoute('app-3', { clusters: { names: ['weu-1'] } })], '--yes'), {
      registry,
      ...app,
    });
    await run(await applying([writtenRoute('app-4'), writtenRoute('app-5')], '--yes'), { registry, ...app });

    expect(
      app.sent.map((message) => (message.kind === 'shard' ? [message.route, ...message.clusters] : [])),
    ).toEqual([
      ['app-1', 'weu-1'],
      [undefined, 'neu-1', 'weu-1'],
      [undefined, 'neu-1', 'weu-1'],
    ]);
  });

  it('is waited for with --wait, and decides the exit code', async () => {
    const app = appDoing(() => ({ counts: { NOT_ACCEPTED: 1 } }));

    const ran = await run(await applying([writtenRoute()], '--yes', '--wait'), {
      registry: fakeRegistry(...both()),
      ...app,
    });

    expect(ran).toMatchObject({ code: 2, out: expect.stringContaining('NOT_ACCEPTED 1') });
  });

  it('is left out with --no-reconcile, and its failure does not fail apply', async () => {
    const app = appDoing(() => ({}));
    const registry = () => fakeRegistry(...both());

    const told = await run(await applying([writtenRoute()], '--yes', '--no-reconcile'), {
      registry: registry(),
      ...app,
    });
    const cannot = await run(await applying([writtenRoute()], '--yes'), { registry: registry() });

    expect(told).toMatchObject({ code: 0, err: '' });
    expect(app.sent).toEqual([]);
    expect(cannot).toMatchObject({
      code: 0,
      err: expect.stringContaining("the app's timer brings it about"),
    });
  });
});
