import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';

let folder: Folder;

beforeEach(async () => {
  folder = await aFolder();
});
afterEach(() => folder.remove());

const registry = () => fakeRegistry(stored(writtenCluster()), stored(writtenRoute()));
const dryRun = (path: string, ...args: string[]) =>
  run(['apply', '-f', path, '--dry-run', ...args], { registry: registry() });

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'app-1' } };
const OPENSHIFT_ROUTE = { apiVersion: 'route.openshift.io/v1', kind: 'Route', metadata: { name: 'x' } };

describe('a folder with registry documents', () => {
  it('may hold a kustomization and other kinds: they are passed over with a note', async () => {
    await folder.file('kustomization.yaml', 'resources: [registry.yaml]\n');
    await folder.file('registry.yaml', [NAMESPACE, writtenRoute(), OPENSHIFT_ROUTE, writtenCluster()]);

    const ran = await dryRun(folder.path);

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to change.') });
    expect(ran.err).toBe(
      [
        `${folder.path}/kustomization.yaml: passed over Kustomization`,
        `${folder.path}/registry.yaml: passed over Namespace, Route`,
        '',
      ].join('\n'),
    );
  });

  it('may hold what is no object at all, such as values of Helm, but none of ours that lost its kind', async () => {
    await folder.file('values.yaml', 'image: { tag: v1 }\nreplicas: 2\n');
    await folder.file('registry.yaml', [writtenRoute(), writtenCluster()]);

    expect(await dryRun(folder.path)).toMatchObject({
      code: 0,
      err: `${folder.path}/values.yaml: passed over what is no object of an API, such as values of Helm\n`,
    });

    for (const lost of [{ spec: writtenRoute().spec }, { apiVersoin: 'x', prefix: 'y' }, { kidn: 'Route' }]) {
      await folder.file('lost.yaml', [lost]);
      expect(await dryRun(folder.path)).toMatchObject({
        code: 1,
        err: expect.stringContaining('lost.yaml:1:'),
      });
    }
  });

  it('names what it passed over in the order of the files', async () => {
    for (const name of ['c', 'a', 'b']) await folder.file(`${name}.yaml`, [NAMESPACE]);
    await folder.file('registry.yaml', [writtenRoute(), writtenCluster()]);

    const { err } = await dryRun(folder.path);

    expect([...err.matchAll(/(\w)\.yaml: passed over/g)].map(([, name]) => name)).toEqual(['a', 'b', 'c']);
  });

  it('keeps the line of each problem behind what is passed over', async () => {
    const text = `# first\n${stringify(NAMESPACE)}---\n${stringify(writtenRoute('app-1', { layuot: 'flat' }))}`;
    const line = text.split('\n').findIndex((one) => one.includes('layuot')) + 1;
    await folder.file('registry.yaml', text);

    expect((await dryRun(folder.path)).err).toContain(`registry.yaml:${line}: Route app-1`);
  });

  it.each(['vaultcast.dev/v2', 'vaultcast.de/v1', 'vautlcast.dev/v1', 'Vaultcast.dev/v1'])(
    'may not hold a document whose apiVersion is mistyped as %s: passed over, it would be pruned',
    async (apiVersion) => {
      await folder.file('a.yaml', [writtenCluster()]);
      await folder.file('b.yaml', [{ ...writtenRoute(), apiVersion }]);

      const ran = await dryRun(folder.path, '--set', 'main', '--prune');

      expect(ran).toMatchObject({ code: 1, out: '' });
      expect(ran.err).toContain('must be vaultcast.dev/v1');
    },
  );

  it('is refused when it holds nothing but other kinds', async () => {
    await folder.file('a.yaml', [NAMESPACE]);

    expect(await dryRun(folder.path)).toMatchObject({
      code: 1,
      err: expect.stringContaining('passed over Namespace\nError: no document in'),
    });
  });

  it('names the problem of a file with another kind that was named itself, in a folder or not', async () => {
    const file = await folder.file('a.yaml', [writtenRoute(), NAMESPACE]);

    expect((await dryRun(file)).code).toBe(1);
    expect(
      (await run(['apply', '-f', folder.path, '-f', file, '--dry-run'], { registry: registry() })).code,
    ).toBe(1);
  });
});
