import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { zipFolder } from '../../infra/package.ts';
import { APP, stageApp } from '../../infra/stage.ts';
import { startStack } from '../local/stack/start.ts';
import { applyTenancy, valueIn } from '../local/stack/tenancy.ts';

/** What runs: bundles with their maps, the host's settings, and the manifest that says where bundles are. */
const RUNS = /^(?:host\.json|package\.json|dist\/(?:functions|chunks)\/[\w-]+\.js(?:\.map)?)$/;

const staged = await mkdtemp(join(tmpdir(), 'vaultcast-staged-'));
const folder = await mkdtemp(join(tmpdir(), 'vaultcast-unzipped-'));
await stageApp(staged);
const zip = await zipFolder(staged);
const files = unzipSync(zip);

afterAll(() => Promise.all([staged, folder].map((one) => rm(one, { recursive: true, force: true }))));

const manifestOf = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

async function filesIn(place: string): Promise<string[]> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1));
}

/** Names of chunks hold a hash that depends on the folder they were built in. */
const unhashed = (name: string): string => name.replace(/-[0-9A-Z]{8}(?=\.js)/, '');

describe('the staged folder', () => {
  it('holds what runs and nothing else', async () => {
    const names = await filesIn(staged);
    expect(names.filter((name) => !RUNS.test(name))).toEqual([]);
    expect(names).toContain('dist/functions/on-vault-event.js');
  });

  it('is what azd makes of its service, whatever npm left in that folder before', async () => {
    writeFileSync(join(APP, 'package-lock.json'), '{}');
    await mkdir(join(APP, 'node_modules'), { recursive: true });
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    await promisify(execFile)(npm, ['run', 'build'], { cwd: APP });

    expect(existsSync(join(APP, 'package-lock.json'))).toBe(false);
    expect((await filesIn(APP)).map(unhashed).toSorted()).toEqual(
      (await filesIn(staged)).map(unhashed).toSorted(),
    );
  });

  it('carries the version of the project', () => {
    const { version, license, type, main } = manifestOf(join(APP, '../../package.json'));
    expect(manifestOf(join(APP, 'package.json'))).toMatchObject({ version, license, type, main });
  });
});

describe('the deployed package', () => {
  it('is the same, byte for byte, when it is made again', async () => {
    await stageApp(staged);
    expect(Buffer.compare(zip, await zipFolder(staged))).toBe(0);
  });

  it('holds what the staged folder holds', async () => {
    expect(Object.keys(files).toSorted()).toEqual((await filesIn(staged)).toSorted());
    expect(zip.length).toBeLessThan(8 * 1024 * 1024);
  });

  it('runs unzipped in an empty folder, says which build it is, and delivers', async () => {
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    const stack = await startStack({ clusters: ['weu-1', 'neu-1', 'sea-1'], app: folder });
    try {
      await applyTenancy(stack);
      const answer = await stack.hosts[0]?.http('/api/health');
      expect(await answer?.json()).toEqual({
        status: 'ok',
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        commit: expect.stringMatching(/^(?:[0-9a-f]{12}|unknown)$/),
      });
      await stack.rotate('app-1--postgres972--connectionstring', 'Host=packaged;');
      expect(valueIn(stack.cluster('sea-1'), 'app-1', 'postgres972', 'connectionstring')).toBe(
        'Host=packaged;',
      );
    } finally {
      await stack.stop();
    }
  });
});
