import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { start, type Program } from './processes.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vaultcast-processes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function aProgram(overrides: Partial<Program>): Program {
  const ready = (): Promise<boolean> => Promise.resolve(true);
  return { name: 'sleeper', command: 'sleep', args: ['60'], folder, ready, ...overrides };
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it('asks until the program is ready, and ends it when told to', async () => {
  let asked = 0;
  const ready = async (): Promise<boolean> => {
    asked += 1;
    if (asked === 1) throw new Error('connection refused');
    return asked === 3;
  };
  const running = await start(aProgram({ ready }));
  expect([asked, lives(running.pid)]).toEqual([3, true]);
  await running.kill();
  await running.kill();
  expect(lives(running.pid)).toBe(false);
  expect(await readdir(folder)).toEqual(['sleeper.log']);
});

it('shows the log of a program that ends before it is ready', async () => {
  const never = (): Promise<boolean> => Promise.resolve(false);
  const program = aProgram({ command: 'sh', args: ['-c', 'echo port is taken >&2; exit 1'], ready: never });
  await expect(start(program)).rejects.toThrow(/sleeper did not become ready.*\nport is taken/);
});

it('leaves nothing behind when the process that started it is killed', async () => {
  const here = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
  const source = `import { guardFolder } from ${here('guard.ts')};
    import { start } from ${here('processes.ts')};
    const folder = process.argv[1];
    guardFolder(folder);
    const ready = async () => true;
    const running = await start({ name: 'sleeper', command: 'sleep', args: ['60'], folder, ready });
    console.log(running.pid);`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', source, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(starter.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(lives(pid)).toBe(true);
  starter.kill('SIGKILL');
  const folderIsThere = (): Promise<boolean> =>
    access(folder).then(
      () => true,
      () => false,
    );
  await expect.poll(() => lives(pid), { timeout: 10_000 }).toBe(false);
  await expect.poll(folderIsThere, { timeout: 10_000 }).toBe(false);
});
