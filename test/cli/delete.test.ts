import { describe, expect, it } from 'vitest';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { run } from './run.ts';

const signal = new AbortController().signal;
const aRegistry = () =>
  fakeRegistry(stored(writtenCluster()), stored(writtenRoute()), stored(writtenRoute('app-2')));
const routesOf = async (registry: ReturnType<typeof aRegistry>) =>
  (await registry.routes(signal)).rows.map(({ metadata }) => metadata.name);

describe('vaultcast delete', () => {
  it('deletes the routes that are named, and says what that leaves behind', async () => {
    const registry = aRegistry();

    const ran = await run(['delete', 'route', 'app-1', '--yes'], { registry });

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('Route app-1 goes from weu-1: its Secrets there have no route: they are kept');
    expect(await routesOf(registry)).toEqual(['app-2']);
  });

  it('deletes the documents that a file names', async () => {
    const registry = aRegistry();

    const ran = await run(['delete', '-f', '-', '--yes'], {
      registry,
      stdin: JSON.stringify([writtenRoute()]),
    });

    expect(ran.code).toBe(0);
    expect(await routesOf(registry)).toEqual(['app-2']);
  });

  it('deletes a row that is invalid', async () => {
    const registry = aRegistry();
    registry.write('Route', { partitionKey: 'team', rowKey: 'broken', document: 'x' });

    expect((await run(['delete', 'route', 'broken', '--yes'], { registry })).code).toBe(0);
    expect((await registry.routes(signal)).bad).toEqual([]);
  });

  it('says in a dry run what deleting a cluster strands, and deletes nothing', async () => {
    const registry = aRegistry();

    const ran = await run(['delete', 'cluster', 'weu-1', '--dry-run'], { registry });

    expect(ran.code).toBe(2);
    expect(ran.out).toContain('Cluster weu-1 goes (reached by app-1, app-2): its Secrets stay there');
    expect((await registry.clusters(signal)).rows).toHaveLength(1);
  });

  it('deletes nothing when one of the names is unknown, unless told to ignore that', async () => {
    const registry = aRegistry();

    const ran = await run(['delete', 'route', 'app-1', 'ap-2', '--yes'], { registry });

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean app-2?') });
    expect(await routesOf(registry)).toEqual(['app-1', 'app-2']);
    expect(await run(['delete', 'route', 'ap-2', '--ignore-not-found'], { registry })).toMatchObject({
      code: 0,
    });
  });

  it.each([[[]], [['route']], [['route', 'app-1', '-f', '-']]])(
    'refuses the arguments %j, which are neither names nor files',
    async (args) => {
      expect((await run(['delete', ...args, '--yes'], { registry: aRegistry() })).code).toBe(64);
    },
  );
});
