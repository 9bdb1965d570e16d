import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startAzurite } from '../local/azurite/storage.ts';
import type { LocalStorage } from '../local/azurite/storage.ts';
import { createTables } from '../local/stack/storage.ts';
import { writtenCluster, writtenRoute } from '../support/documents.ts';
import { appThatAnswers } from './app-process.ts';
import { execute, packCommand } from './packed.ts';
import type { PackedCommand } from './packed.ts';

const root = join(import.meta.dirname, '../..');
let packed: PackedCommand;
let storage: LocalStorage;

const vaultcast = (args: readonly string[], options: { stdin?: string; env?: object } = {}) =>
  execute(packed.entry, args, { cwd: packed.place, ...options });

/** What somebody who asks for help or presses Tab waits for, whatever the machine: bytes that Node has to parse. */
const MOST_TO_PARSE = 220_000;

async function sizeOf(chunk: string): Promise<number> {
  return (await stat(join(packed.installed, 'dist/cli/chunks', chunk))).size;
}

beforeAll(async () => {
  packed = await packCommand();
  storage = await startAzurite();
}, 120_000);
afterAll(async () => {
  await storage.stop();
  await packed.remove();
});

describe('the packed command', () => {
  it('contains the command and the schema, and nothing of the functions', async () => {
    const files = await readdir(packed.installed, { recursive: true });

    expect(files).toEqual(
      expect.arrayContaining([
        'dist/cli/vaultcast.js',
        'dist/cli/dashboard/page.js',
        'dist/schema/registry.schema.json',
      ]),
    );
    expect(files.filter((file) => /functions|shared|test|node_modules/.test(file))).toEqual([]);
  });

  it('runs without any package installed beside it', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };

    expect(await vaultcast(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect((await vaultcast(['nonsense'])).code).toBe(64);
  });

  it('applies, shows and deletes documents in real tables', async () => {
    const env = { REGISTRY: storage.connectionString };
    const stdin = [writtenCluster(), writtenRoute()].map((document) => stringify(document)).join('---\n');

    const applied = await vaultcast(['apply', '-f', '-', '--yes'], { env, stdin });
    const shown = await vaultcast(['get', 'routes', '-o', 'yaml'], { env });
    const again = await vaultcast(['apply', '-f', '-', '--dry-run'], { env, stdin: shown.out });
    const deleted = await vaultcast(['delete', 'cluster', 'weu-1', '--dry-run'], { env });

    expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('Route app-1 created') });
    expect(applied.err).toMatch(
      /^No reconcile was started \(AzureWebJobsStorage__queueServiceUri .* must be set\)/,
    );
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to change.') });
    expect(deleted).toMatchObject({ code: 2, out: expect.stringContaining('reached by app-1') });
  });

  it('asks the app for a reconcile through a real queue, and shows its result', async () => {
    const env = { REGISTRY: storage.connectionString, AzureWebJobsStorage: storage.connectionString };
    await createTables(storage);
    const app = appThatAnswers(storage);

    const ran = await vaultcast(['reconcile', '--cluster', 'weu-1', '--timeout', '60s'], { env });
    const shown = await vaultcast(['get', 'runs', '-o', 'json'], { env });

    expect(await app).toMatchObject({ kind: 'shard', clusters: ['weu-1'] });
    expect(ran).toMatchObject({ code: 2, out: expect.stringContaining('NOT_ACCEPTED app-1/pg: no') });
    expect(JSON.parse(shown.out)).toMatchObject({
      kind: 'RunList',
      items: [{ metadata: { cluster: 'weu-1' }, status: { state: 'done' } }],
    });
    expect(await vaultcast(['get', 'problems'], { env })).toMatchObject({ code: 0, err: 'No problems.\n' });
  });

  it('loads the Kubernetes client when a person adopts, and reports an unreadable kubeconfig', async () => {
    const chunks = await readdir(join(packed.installed, 'dist/cli/chunks'));
    const env = { REGISTRY: storage.connectionString };

    const ran = await vaultcast(['adopt', '--instance', 'x', '--kubeconfig', '/nowhere', 'app-1/pg'], {
      env,
    });

    expect(chunks.length).toBeGreaterThan(10);
    expect(ran).toEqual({
      code: 1,
      out: '',
      err: 'Error: /nowhere cannot be read\nCheck --kubeconfig.\n',
    });
  });

  it('says in words that the registry cannot be reached, without a key or a stack', async () => {
    const env = { REGISTRY: storage.connectionString.replaceAll(/:\d+\//g, ':1/') };

    const ran = await vaultcast(['get', 'routes'], { env });

    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toMatch(/^Error: table (?:Clusters|Routes) is not available: it refused the connection/);
    expect(ran.err).not.toMatch(/AccountKey|\n {4}at /);
  });

  it.each([
    ['prints its help', ['--help'], /Usage: vaultcast/],
    ['completes the names of commands', ['complete', '--', ''], /explain/],
    ['completes the kinds of get', ['complete', '--', 'get', ''], /problems/],
  ])('%s without loading an SDK, the schema or the YAML parser', async (_, args, expected) => {
    const folder = await mkdtemp(join(packed.place, 'coverage-'));
    const ran = await vaultcast(args, { env: { NODE_V8_COVERAGE: folder } });

    const [report = ''] = await readdir(folder);
    const loaded = await readFile(join(folder, report), 'utf8');
    const chunks = await readdir(join(packed.installed, 'dist/cli/chunks'));
    const heavy: string[] = [];
    for (const chunk of chunks.filter((name) => name.endsWith('.js'))) {
      const map = await readFile(join(packed.installed, 'dist/cli/chunks', `${chunk}.map`), 'utf8');
      if (/node_modules\/(?:@azure|zod|yaml)\//.test(map)) heavy.push(chunk);
    }

    expect(ran).toMatchObject({ code: 0, out: expect.stringMatching(expected) });
    expect(loaded).toContain('dist/cli/vaultcast.js');
    expect(heavy.length).toBeGreaterThan(2);
    expect(heavy.filter((chunk) => loaded.includes(chunk))).toEqual([]);
    const sizes = chunks.filter((chunk) => loaded.includes(chunk)).map((chunk) => sizeOf(chunk));
    expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_TO_PARSE);
  });

  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a completion script for %s', async (shell) => {
    const ran = await vaultcast(['completion', shell]);

    expect(ran).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/vaultcast complete '?--/) });
  });

  it('completes commands, kinds, formats and files', async () => {
    const words = async (...typed: string[]) =>
      (await vaultcast(['complete', '--', ...typed])).out
        .split('\n')
        .map((line) => line.split('\t')[0])
        .filter((word) => word !== '' && word !== ':4');

    expect(await words('')).toEqual(
      expect.arrayContaining(['apply', 'get', 'delete', 'schema', 'completion']),
    );
    expect(await words('get', '')).toEqual(
      expect.arrayContaining(['clusters', 'routes', 'problems', 'runs']),
    );
    expect(await words('get', 'routes', '-o', '')).toEqual(['table', 'wide', 'json', 'yaml', 'name']);
    expect(await words('apply', '-f', '')).toEqual(expect.arrayContaining(['source/', 'target/']));
    expect(await words('apply', '-f', 'source/pack')).toEqual(['source/package.json']);
  });

  it('completes registered names, and none when the registry does not answer', async () => {
    const words = async (env: object, ...typed: string[]) =>
      (await vaultcast(['complete', '--', ...typed], { env })).out
        .split('\n')
        .map((line) => line.split('\t')[0]);
    const env = { REGISTRY: storage.connectionString };

    expect(await words(env, 'reconcile', '--cluster', '')).toContain('weu-1');
    expect(await words(env, 'reconcile', '--route', '')).toContain('app-1');
    expect(await words(env, 'get', 'routes', '')).toContain('app-1');
    expect(await words(env, 'render', '')).toContain('app-1');
    expect(await words(env, 'check', 'w')).toContain('weu-1');
    expect(await words(env, 'get', 'runs', '')).toContainEqual(expect.stringMatching(/^\d{8}T\d{6}Z-/));
    expect(await words({}, 'reconcile', '--cluster', '')).toEqual([':4', '']);
  });

  it('completes contexts, of a command and of --at, and shows none of another file', async () => {
    const env = { VAULTCAST_CONFIG: join(packed.place, 'contexts.yaml') };
    const words = async (...typed: string[]) => (await vaultcast(['complete', '--', ...typed], { env })).out;

    await vaultcast(['context', 'set', 'prod', '--registry-account', 'rgprod'], { env });

    expect(await words('context', 'use', '')).toMatch(/^prod\t/m);
    expect(await words('get', 'routes', '--at', '')).toMatch(/^prod\t/m);
    expect(await words('context', '')).toMatch(/^use\t/m);
    expect(await vaultcast(['context'])).toMatchObject({
      out: '',
      err: expect.stringContaining('No contexts'),
    });
  });

  it('completes words in bash with the printed script', async () => {
    const script = [
      `vaultcast() { ${JSON.stringify(packed.entry)} "$@"; }`,
      'source <(vaultcast completion bash)',
      'COMP_WORDS=(vaultcast ge) COMP_CWORD=1 COMP_LINE="vaultcast ge" COMP_POINT=12',
      '$(complete -p vaultcast | sed "s/.*-F \\([^ ]*\\).*/\\1/")',
      'echo "${COMPREPLY[@]}"',
    ].join('\n');

    expect((await execute('bash', ['-c', script], { cwd: packed.place })).out).toContain('get');
  });
});
