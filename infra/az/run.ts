import { type ChildProcess, spawn } from 'node:child_process';

/** What a run of the Azure CLI gave; `ended` tells why there is nothing to read. */
export interface Ran {
  ended: 'done' | 'missing' | 'slow';
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line tool, `az` as a rule, with these arguments. Never rejects. */
export type RunAz = (args: readonly string[]) => Promise<Ran>;

/** The CLI starts in a second or two; some questions take the platform a while. */
const TIMEOUT_MS = 90_000;

/** On Windows `az` is a batch file, which only a shell can start, and the shell would read `&` and blanks as its own. */
const quoted = (args: readonly string[]): readonly string[] =>
  process.platform === 'win32' ? args.map((arg) => `"${arg.replaceAll('"', '""')}"`) : args;

/** The `az` on the PATH; `inherit` shows its own progress and keeps nothing. */
export const azOnPath = (timeoutMs = TIMEOUT_MS, output: 'pipe' | 'inherit' = 'pipe'): RunAz =>
  onPath('az', timeoutMs, output);

/** The Azure Developer CLI, for those who use it. */
export const azdOnPath = (): RunAz => onPath('azd', TIMEOUT_MS, 'pipe');

/** `az` is a script that starts a Python: that one may live on, and must keep nobody waiting for its output. */
function giveUp(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

function onPath(program: 'az' | 'azd', timeoutMs: number, output: 'pipe' | 'inherit'): RunAz {
  return (args) =>
    new Promise((resolve) => {
      const child = spawn(program, quoted(args), {
        shell: process.platform === 'win32',
        stdio: ['ignore', output, output],
      });
      const ran: Ran = { ended: 'done', status: 1, stdout: '', stderr: '' };
      const finish = (ended: Ran['ended'], status: number): void => {
        clearTimeout(timer);
        resolve({ ...ran, ended, status });
      };
      const timer = setTimeout(() => {
        finish('slow', 1);
        giveUp(child);
      }, timeoutMs);
      child.stdout?.on('data', (chunk: Buffer) => (ran.stdout += chunk.toString('utf8')));
      child.stderr?.on('data', (chunk: Buffer) => (ran.stderr += chunk.toString('utf8')));
      child.on('error', () => finish('missing', 127));
      child.on('close', (status) => finish('done', status ?? 1));
    });
}
