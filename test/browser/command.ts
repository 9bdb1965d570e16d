import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Running {
  /** As it was printed. */
  address: string;
  /** As Ctrl-C does it; gives the exit code. */
  stop: () => Promise<number>;
}

const entry = join(import.meta.dirname, '../../dist/cli/vaultcast.js');

/** The built `vaultcast dashboard` in a process of its own, with these variables and no others that matter. */
export async function startCommand(env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, [entry, 'dashboard', '--no-open'], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[number]>;
  const complaints: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  const printed = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const [first] = await Promise.race([printed, ended]);
  if (typeof first !== 'string') throw new Error(`the command ended with ${first}: ${complaints.join('')}`);
  const stop = async (): Promise<number> => {
    child.kill('SIGINT');
    const [code] = await ended;
    return code;
  };
  return { address: first, stop };
}
