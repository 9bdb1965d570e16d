import { main } from './main.ts';

const { env, stdin, stdout, stderr } = process;

/** Runs the command line of this process, and sets its exit code. */
export async function runProcess(): Promise<void> {
  // The first Ctrl-C gives the command the chance to say what it has done; the second one ends it.
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  // `vaultcast get … | head` closes the pipe: that is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
  });

  process.exitCode = await main(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    interactive: stdin.isTTY && stderr.isTTY,
    colour: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    env,
    signal: interrupt.signal,
  });
}
