import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { withFileLock } from './file-lock.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vaultcast-lock-'));
  path = join(folder, 'deeper', 'x.lock');
});
afterEach(() => rm(folder, { recursive: true }));

/** A process that has taken the lock and keeps it until it is killed. */
async function aHolder(): Promise<{ kill(): Promise<void> }> {
  const module = JSON.stringify(new URL('file-lock.ts', import.meta.url).href);
  const source = `import { withFileLock } from ${module};
    await withFileLock(process.argv[1], () => {}, async () => {
      console.log('held');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

it('a lock lets one process work at a time, and the next one says that it waits', async () => {
  const holder = await aHolder();
  const events: string[] = [];
  const work = async (): Promise<void> => void events.push('worked');
  const waits = new Promise<void>((resolve) => {
    const onWait = (): void => {
      events.push('waits');
      resolve();
    };
    events.push('asks');
    void withFileLock(path, onWait, work).then(() => events.push('done'));
  });
  await waits;
  expect(events).toEqual(['asks', 'waits']);
  await holder.kill();
  await expect.poll(() => events, { timeout: 10_000 }).toEqual(['asks', 'waits', 'worked', 'done']);
});

it('a lock is free again after its work, also after work that failed', async () => {
  const fails = withFileLock(
    path,
    () => undefined,
    () => Promise.reject(new Error('no disk')),
  );
  await expect(fails).rejects.toThrow('no disk');
  await expect(
    withFileLock(
      path,
      () => undefined,
      () => Promise.resolve('mine'),
    ),
  ).resolves.toBe('mine');
});
