import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OUTPUT_KINDS } from '../../shared/output/json-schema.ts';
import { writtenCluster, writtenRoute } from '../support/documents.ts';
import { aFolder } from './folder.ts';
import type { Folder } from './folder.ts';
import { run } from './run.ts';

let folder: Folder;

beforeEach(async () => {
  folder = await aFolder();
});
afterEach(() => folder.remove());

const explicit = (more: object, entry: object) =>
  writtenRoute('app-2', { layout: 'explicit', name: 'pg', data: { url: entry }, ...more });

describe('vaultcast validate', () => {
  it('exits with 0 for documents that are right, without a registry', async () => {
    const file = await folder.file('r.yaml', [writtenCluster(), writtenRoute()]);

    expect(await run(['validate', '-f', file])).toEqual({
      code: 0,
      out: '',
      err: '2 valid documents, 0 findings.\n',
    });
  });

  it('says all that is wrong with a document at once, each with its place and rule', async () => {
    const template = { template: 'x\n{{ usr }}', secrets: { user: 'app-2--pg--user' } };
    const file = await folder.file('r.yaml', [explicit({ layot: 'flat' }, template)]);

    const ran = await run(['validate', '-f', file]);

    expect(ran.code).toBe(2);
    expect(ran.out.split('\n')).toEqual([
      expect.stringMatching(
        /^error +.*r\.yaml:\d+: Route app-2: spec\.layot: unknown field.* {2}\[schema\]$/,
      ),
      expect.stringMatching(
        /^error +.*r\.yaml:\d+: Route app-2: spec\.data\.url\.template: .*variable usr at line 2, column \d+ {2}\[template\]$/,
      ),
      '',
    ]);
  });

  describe('with --prefix-folders', () => {
    const validate = () => run(['validate', '-f', folder.path, '--prefix-folders']);

    it('lets a folder hold the routes of its prefix, clusters/ Clusters, and the place beside them anything', async () => {
      await folder.file('app-1/routes.yaml', [
        writtenRoute(),
        writtenRoute('one', { prefix: 'APP-1--pg--password', layout: 'flat', namespaces: ['app-9'] }),
      ]);
      await folder.file('clusters/weu.yaml', [writtenCluster()]);
      await folder.file('all.yaml', [writtenCluster('neu-1'), writtenRoute('x', { prefix: 'app-2--' })]);

      expect(await validate()).toMatchObject({ code: 0, out: '' });
    });

    it.each([
      ['of another prefix', { prefix: 'app-2--' }, 'app-2-- is not of app-1--'],
      ['of a prefix that only begins alike', { prefix: 'app-10--' }, 'app-10-- is not of app-1--'],
      [
        'of a secret that is called like the folder',
        { prefix: 'app-1', layout: 'flat' },
        'app-1 is not of app-1--',
      ],
      ['of everything', { prefix: '', allSecrets: true }, 'it takes every secret'],
    ])('refuses a route %s in the folder of a prefix, however deep', async (_, spec, why) => {
      await folder.file('clusters/weu.yaml', [writtenCluster()]);
      await folder.file('app-1/prod/r.yaml', [writtenRoute('r', spec)]);

      const ran = await validate();

      expect(ran.code).toBe(2);
      expect(ran.out).toMatch(/r\.yaml:1: Route r: spec\.prefix: .* {2}\[folder\]$/m);
      expect(ran.out).toContain(why);
      expect((await run(['validate', '-f', folder.path])).code).toBe(0);
    });

    it('refuses a Cluster in the folder of a prefix: it would receive what others send', async () => {
      await folder.file('app-1/c.yaml', [writtenCluster()]);

      expect(await validate()).toMatchObject({
        code: 2,
        out: expect.stringContaining('a Cluster belongs into the folder clusters'),
      });
    });
  });

  it('finds collisions within the files, and a name that stands twice', async () => {
    const twin = writtenRoute('twin', { prefix: 'app-1--', namespaces: ['app-1'] });
    await folder.file('a.yaml', [writtenCluster(), writtenRoute(), twin]);
    await folder.file('b.yaml', [twin]);

    const ran = await run(['validate', '-f', folder.path, '-o', 'json']);

    const { judgements, metadata } = OUTPUT_KINDS.Validation.parse(JSON.parse(ran.out));
    expect(judgements.map(({ rule }) => rule)).toEqual(['duplicate', 'collision']);
    expect(metadata.counts).toEqual({ error: 2 });
  });

  it('exits with 0 for collisions that are allowed, and with 2 for them with --strict', async () => {
    const twin = writtenRoute('twin', { prefix: 'app-1--', namespaces: ['app-1'] });
    const file = await folder.file('a.yaml', [writtenCluster(), writtenRoute(), twin]);
    const args = ['validate', '-f', file, '--allow-collisions'];

    expect(await run(args)).toMatchObject({ code: 0, out: expect.stringMatching(/^warning /) });
    expect((await run([...args, '--strict'])).code).toBe(2);
  });
});
