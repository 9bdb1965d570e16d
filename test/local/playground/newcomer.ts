import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../../..');
const MOST = 1 << 26;
const PACKAGES = 'node_modules';
const MADE = new Set([PACKAGES, 'dist', 'coverage', '.git']);

/** What somebody new has: a folder with everything that git knows of this tree, and nothing that was made from it. */
export interface Newcomer {
  folder: string;
  /** Does what `npm ci` does, from what is installed here. */
  install(): void;
  /** Runs lines in one shell, until one fails; what differs (2) is an answer, and no failure. */
  type(lines: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }>;
  /** Starts what goes on until Ctrl-C, and returns what it printed up to a line. */
  start(command: string, ready: string): Promise<string>;
  /** Ctrl-C. */
  stop(): Promise<void>;
  remove(): void;
}

export async function aNewcomer(): Promise<Newcomer> {
  const folder = mkdtempSync(join(tmpdir(), 'vaultcast-newcomer-'));
  for (const file of await filesOfClone()) copy(file, folder);
  let running: ChildProcess | undefined;
  return {
    folder,
    install: () => {
      rmSync(join(folder, PACKAGES), { force: true });
      symlinkSync(join(ROOT, PACKAGES), join(folder, PACKAGES));
    },
    type: (lines) => inShell(folder, lines.map((line) => `${line} || test $? = 2`).join('\n')),
    start: async (command, ready) => {
      if (running !== undefined) await interrupt(running);
      running = spawn('sh', ['-c', command], {
        cwd: folder,
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      return printedUntil(running, ready);
    },
    stop: async () => {
      if (running !== undefined) await interrupt(running);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** What a clone would hold; of an unpacked archive, which git knows nothing of, all that is not made. */
async function filesOfClone(): Promise<string[]> {
  const asked = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  try {
    const { stdout } = await promisify(execFile)('git', asked, { cwd: ROOT, maxBuffer: MOST });
    return stdout.split('\0').filter((name) => name !== '' && name !== PACKAGES);
  } catch {
    return readdirSync(ROOT).filter((name) => !MADE.has(name));
  }
}

/** What went since it was listed is passed over: other tests come and go in this tree, too. */
function copy(file: string, folder: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  try {
    cpSync(join(ROOT, file), join(folder, file), { recursive: true, verbatimSymlinks: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function inShell(cwd: string, script: string): ReturnType<Newcomer['type']> {
  return new Promise((resolve) => {
    execFile('sh', ['-eu', '-c', script], { cwd, maxBuffer: MOST }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

function printedUntil(running: ChildProcess, ready: string): Promise<string> {
  const { stdout } = running;
  if (stdout === null) throw new Error('no output');
  let printed = '';
  return new Promise((resolve, reject) => {
    running.once('exit', () => reject(new Error(`it ended by itself:\n${printed}`)));
    createInterface(stdout).on('line', (line) => {
      printed += `${line}\n`;
      if (line.startsWith(ready)) resolve(printed);
    });
  });
}

/** A terminal's Ctrl-C reaches everything that was started from it. */
async function interrupt(running: ChildProcess): Promise<void> {
  if (running.exitCode !== null || running.pid === undefined) return;
  const ended = new Promise((resolve) => void running.once('exit', resolve));
  process.kill(-running.pid, 'SIGINT');
  await ended;
}

/** The commands of the README with which somebody begins: all blocks of a shell before the first one about Azure, without remarks. */
export function firstCommands(): string[] {
  const [begin = '', rest] = readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n## Say who gets what\n');
  if (rest === undefined) throw new Error('the README has no longer a heading after its first commands');
  const blocks = [...begin.matchAll(/^```(?:sh|bash|console|shell)?\n(.*?)^```$/gms)];
  return blocks
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}
