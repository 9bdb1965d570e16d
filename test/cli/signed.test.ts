import { describe, expect, it } from 'vitest';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { appDoing, aRun } from './app.ts';
import { run } from './run.ts';

const { signal } = new AbortController();
const EARLIER = '20261121T090000Z-3fa9c1aa';

/** With an app whose last run says, or does not say, which version it has. */
async function aWorld(app: { app?: string } | undefined) {
  const world = appDoing(() => ({ lines: ['done'] }));
  if (app !== undefined) await world.status.saveRun(aRun({ run: EARLIER, ...app }), signal);
  return {
    ...world,
    registry: fakeRegistry(stored(writtenCluster()), stored(writtenRoute())),
    env: { USER: 'octo' },
  };
}

describe('what a person orders of an app that knows authors', () => {
  it.each([
    [['reconcile', '--cluster', 'weu-1'], { kind: 'reconcile', clusters: ['weu-1'], recheck: true }],
    [['plan', '--cluster', 'weu-1'], { kind: 'reconcile', dryRun: true }],
    [['check', 'weu-1'], { kind: 'check' }],
  ])('by %j says who asked', async (args, expected) => {
    const world = await aWorld({ app: '0.2.0' });
    await run(args, world);
    expect(world.sent).toMatchObject([{ ...expected, author: 'octo' }]);
  });

  it('by push says who asked, once the app has carried out a push or an ack', async () => {
    const world = await aWorld(undefined);
    await world.status.saveRun(aRun({ run: EARLIER, cluster: '-', kind: 'push', app: '0.2.0' }), signal);
    await run(['push', 'app-1--pg--password'], world);
    expect(world.sent).toMatchObject([{ kind: 'push', author: 'octo' }]);
  });

  it('says no author where the environment says none', async () => {
    const world = { ...(await aWorld({ app: '0.2.0' })), env: {} };
    await run(['reconcile', '--cluster', 'weu-1'], world);
    expect(world.sent).toMatchObject([{ kind: 'shard' }]);
  });
});

describe('what a person orders of an app that may be of version 0.1.0', () => {
  it.each([
    ['one whose last run tells no version', {}],
    ['one that has not run yet', undefined],
  ])('%s gets messages without an author', async (_, app) => {
    const world = await aWorld(app);
    await run(['reconcile', '--cluster', 'weu-1'], world);
    await run(['check', 'weu-1'], world);
    expect(world.sent.map(({ kind }) => kind)).toEqual(['shard', 'check']);
    expect(JSON.stringify(world.sent)).not.toContain('octo');
  });
});
