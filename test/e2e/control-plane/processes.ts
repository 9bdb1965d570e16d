import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Program {
  name: string;
  command: string;
  args: string[];
  /** Holds `NAME.log` and, while it runs, `NAME.pid`. */
  folder: string;
  /** Asked again and again until it says yes. It may throw, as a refused connection does. */
  ready: () => Promise<boolean>;
}

export interface Running {
  pid: number;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL, which ends a suspended process too; resolves when it is gone. Fine when it already is. */
  kill(): Promise<void>;
}

interface Launched extends Running {
  hasExited(): boolean;
}

const READY_WITHIN_MS = 90_000;

/**
 * Starts a program and waits until it is ready.
 * @throws Error with the end of its log when it exits before, or is not ready within 90 s (it is killed then)
 */
export async function start(program: Program): Promise<Running> {
  const running = launch(program);
  try {
    await untilReady(program, running);
  } catch (cause) {
    await running.kill();
    const log = await readFile(logFile(program), 'utf8');
    throw new Error(`${program.name} did not become ready; the end of its log:\n${log.slice(-3000)}`, {
      cause,
    });
  }
  return running;
}

function launch(program: Program): Launched {
  const log = openSync(logFile(program), 'a');
  const child = spawn(program.command, program.args, { cwd: program.folder, stdio: ['ignore', log, log] });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) {
    child.once('error', () => undefined);
    throw new Error(`${program.command} could not be started`);
  }
  // Synchronously, here and at its end: a pid file always names a process of ours.
  const pidFile = join(program.folder, `${program.name}.pid`);
  writeFileSync(pidFile, String(pid));
  const exit = once(child, 'exit');
  child.once('exit', () => rmSync(pidFile, { force: true }));
  return {
    pid,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

async function untilReady(program: Program, running: Launched): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (running.hasExited()) throw new Error(`${program.name} exited`);
    if (await program.ready().catch(() => false)) return;
    await sleep(100);
  }
  throw new Error(`${program.name} was not ready within ${READY_WITHIN_MS / 1000} s`);
}

function logFile(program: Program): string {
  return join(program.folder, `${program.name}.log`);
}
