import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VaultcastError } from '../../../shared/errors.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';

const signal = new AbortController().signal;
let folder: Folder;

beforeEach(async () => {
  folder = await aFolder();
});
afterEach(() => folder.remove());

describe('vaultcast apply', () => {
  it('writes clusters before routes, and creates tables that are missing', async () => {
    const registry = fakeRegistry();
    registry.exists = false;
    await folder.file('a/routes.yaml', [writtenRoute()]);
    await folder.file('b/clusters.yml', [writtenCluster(), writtenCluster('neu-1')]);
    await folder.file('.git/not-this.yaml', 'kind: Nonsense');
    await folder.file('README.md', '# not this either');

    const ran = await run(['apply', '-f', folder.path, '--yes'], { registry });

    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('No reconcile was started') });
    expect(ran.out).toMatch(/Cluster weu-1 created[^]*Route app-1 created/);
    expect((await registry.clusters(signal)).rows).toHaveLength(2);
    expect((await registry.routes(signal)).rows).toEqual([stored(writtenRoute()).document]);
  });

  it('shows each changed field in a dry run, changes nothing and exits with 2', async () => {
    const registry = fakeRegistry(stored(writtenRoute()), stored(writtenCluster()));
    const file = await folder.file('r.yaml', [
      writtenRoute('app-1', { paused: true }),
      writtenRoute('app-2'),
      writtenCluster(),
    ]);

    const ran = await run(['apply', '-f', file, '--dry-run'], { registry });

    expect(ran.code).toBe(2);
    expect(ran.out).toContain('~ update  Route app-1\n            spec.paused: false -> true');
    expect(ran.out).toContain('+ create  Route app-2');
    expect(ran.out).toContain('1 unchanged');
    expect(ran.out).toContain('Not predicted');
    expect((await registry.routes(signal)).rows).toEqual([stored(writtenRoute()).document]);
  });

  it('finds nothing to change when only defaults, order and letter case of the prefix differ', async () => {
    const registry = fakeRegistry(stored(writtenRoute()));
    const { spec, ...rest } = writtenRoute('app-1', { paused: false, prefix: 'APP-1--' });
    const file = await folder.file('r.yaml', [{ spec, ...rest }]);

    const ran = await run(['apply', '-f', file, '--dry-run'], { registry });

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to change.') });
  });

  it('writes nothing when nobody can be asked or the answer is not yes', async () => {
    const registry = fakeRegistry();
    const file = await folder.file('r.yaml', [writtenCluster()]);

    const alone = await run(['apply', '-f', file], { registry });
    const denied = await run(['apply', '-f', file], { registry, interactive: true, stdin: 'nope\n' });
    const empty = (await registry.clusters(signal)).rows;
    const agreed = await run(['apply', '-f', file], { registry, interactive: true, stdin: 'y\n' });

    expect(alone).toMatchObject({ code: 1, err: expect.stringContaining('--yes') });
    expect(denied).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was changed.') });
    expect(empty).toEqual([]);
    expect(agreed).toMatchObject({ code: 0, err: expect.stringContaining('1 to create? [y/N]') });
    expect((await registry.clusters(signal)).rows).toHaveLength(1);
  });

  it('reads documents from stdin with -f -', async () => {
    const registry = fakeRegistry();

    const ran = await run(['apply', '-f', '-', '--yes'], { registry, stdin: JSON.stringify(writtenRoute()) });

    expect(ran.code).toBe(0);
    expect((await registry.routes(signal)).rows).toHaveLength(1);
  });

  it('deletes with --prune what left the files of the set, says what that strands, and replaces invalid rows', async () => {
    const applied = { set: 'main' };
    const registry = fakeRegistry(
      { ...stored(writtenCluster()), applied },
      { ...stored(writtenRoute()), applied },
      { ...stored(writtenRoute('old')), applied },
    );
    registry.write('Route', { partitionKey: 'team', rowKey: 'app-2', document: '{}', prefix: 'x' });
    const file = await folder.file('r.yaml', [writtenRoute(), writtenRoute('app-2')]);

    const ran = await run(['apply', '-f', file, '--set', 'main', '--prune', '--yes'], { registry });

    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/~ update {2}Route app-2\n +the row: invalid: /);
    expect(ran.out).toContain('- delete  Cluster weu-1  (is not in the files of set main any more)');
    expect(ran.out).toContain('Cluster weu-1 goes (reached by app-1, old)');
    expect((await registry.routes(signal)).rows.map(({ metadata }) => metadata.name)).toEqual([
      'app-1',
      'app-2',
    ]);
    expect((await registry.clusters(signal)).rows).toEqual([]);
  });

  it('prunes nothing when the folder holds no document', async () => {
    const registry = fakeRegistry(stored(writtenCluster()));
    await folder.file('empty.yaml', '# nothing\n---\n');

    const ran = await run(['apply', '-f', folder.path, '--set', 'main', '--prune', '--yes'], { registry });

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('no document') });
    expect((await registry.clusters(signal)).rows).toHaveLength(1);
  });

  it('deletes the old row before it creates the new one when a route moves to another vault', async () => {
    const registry = fakeRegistry(stored(writtenRoute()));
    const file = await folder.file('r.yaml', [writtenRoute('app-1', { vault: 'other' })]);

    const ran = await run(['apply', '-f', file, '--yes'], { registry });

    expect(ran.out).toMatch(/Route app-1 deleted\nRoute app-1 created/);
    expect((await registry.routes(signal)).rows).toMatchObject([{ spec: { vault: 'other' } }]);
  });

  it('says everything that is wrong with all files, and does not open the registry', async () => {
    const one = await folder.file('one.yaml', [writtenRoute('app-1', { layot: 'flat' })]);
    const two = await folder.file('two.yaml', [writtenRoute('app-2'), writtenRoute('app-2')]);

    const ran = await run(['apply', '-f', one, '-f', two]);

    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err.split('\n')).toEqual([
      expect.stringMatching(
        /one\.yaml:13: Route app-1 \(document 1\): spec\.layot: unknown field; did you mean layout\?/,
      ),
      expect.stringMatching(
        /two\.yaml:14: Route app-2 \(document 2\): metadata\.name: is already used at .*two\.yaml:1;/,
      ),
      'Error: 2 problem(s) in the files',
      'Nothing was changed. Correct them first.',
      '',
    ]);
  });

  it('says of each change whether it was made when the registry fails half-way', async () => {
    const registry = fakeRegistry();
    registry.before = async (call) => {
      if (call === 'put' && (await registry.list(signal)).existing.length >= 1)
        throw new VaultcastError('REGISTRY_UNAVAILABLE', 'table Routes is not available: it answered 503');
    };
    const file = await folder.file('r.yaml', [writtenCluster(), writtenRoute()]);

    const ran = await run(['apply', '-f', file, '--yes'], { registry });

    expect(ran.code).toBe(1);
    expect(ran.out).toContain('Cluster weu-1 created');
    expect(ran.err).toContain('Route app-1 not created: table Routes is not available: it answered 503');
    expect(ran.err).toContain('Error: 1 of 2 changes made\nRun the command again');
  });

  it('does not overwrite a row that somebody else changed between plan and write', async () => {
    const registry = fakeRegistry(stored(writtenRoute()));
    registry.before = async (call) => {
      if (call === 'put') registry.write('Route', { partitionKey: 'team', rowKey: 'app-1', document: '{}' });
    };
    const file = await folder.file('r.yaml', [writtenRoute('app-1', { paused: true })]);

    const ran = await run(['apply', '-f', file, '--yes'], { registry });

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('by somebody else') });
  });

  it.each([
    ['prune', 64, /--prune needs --set NAME/],
    ['take-over', 64, /--take-over needs --set NAME/],
  ])('refuses --%s without a set', async (flag, code, message) => {
    expect(await run(['apply', '-f', '-', `--${flag}`], { registry: fakeRegistry() })).toMatchObject({
      code,
      err: expect.stringMatching(message),
    });
  });

  it.each([
    ['a missing file', ['-f', '/does/not/exist.yaml'], /\/does\/not\/exist\.yaml does not exist/, 1],
    ['no file at all', [], /required option '-f, --filename/, 64],
    ['an unknown option', ['-f', '-', '--prone'], /Did you mean --prune/, 64],
  ])('explains %s', async (_, args, message, code) => {
    const ran = await run(['apply', ...args]);

    expect(ran).toMatchObject({ code, err: expect.stringMatching(message) });
  });

  it('explains that a file in UTF-16 cannot be read', async () => {
    const file = await folder.file('r.yaml', '');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(file, Buffer.from(`\ufeff${JSON.stringify(writtenRoute())}`, 'utf16le'));

    expect((await run(['apply', '-f', file])).err).toContain('is not UTF-8');
  });
});
