import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { packageFunctions } from '../../infra/package.ts';
import { startStack } from '../local/stack/start.ts';
import { applyTenancy, valueIn } from '../local/stack/tenancy.ts';

const zip = await packageFunctions();
const files = unzipSync(zip);
const folder = await mkdtemp(join(tmpdir(), 'vaultcast-unzipped-'));

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the deployed package', () => {
  it('is the same, byte for byte, when it is made again', async () => {
    expect(Buffer.compare(zip, await packageFunctions())).toBe(0);
  });

  it('holds what runs and nothing else', () => {
    const others = Object.keys(files).filter(
      (name) => !/^(?:host\.json|package\.json|dist\/(?:functions|chunks)\/[\w-]+\.js(?:\.map)?)$/.test(name),
    );
    expect(others).toEqual([]);
    expect(Object.keys(files)).toContain('dist/functions/on-vault-event.js');
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
