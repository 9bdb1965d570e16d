import type { Command } from 'commander';
import { listOf } from '../../output/fields.ts';
import { runDocument } from '../../output/run.ts';
import type { Ports } from '../../ports.ts';
import type { RunStatus } from '../../status/run.ts';
import type { Context } from '../command.ts';
import type { QueueOptions, RegistryOptions } from '../connect/flags.ts';
import { timeoutOption, withQueue, withRegistry } from '../connect/flags.ts';
import type { OutputOptions } from '../output/format.ts';
import { show, withOutput } from '../output/format.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { exitAfter, follow } from './follow.ts';
import { sendOrder } from './orders.ts';
import type { Order } from './orders.ts';
import { plainProgress } from './progress.ts';
import { resultText } from './result.ts';
import { signed } from './signed.ts';

/** Of every command whose work the app does. */
export interface RunOptions extends RegistryOptions, QueueOptions, OutputOptions {
  wait: boolean;
  timeout: number;
}

export function withRun(command: Command): Command {
  command
    .option('--no-wait', 'start it only; see what becomes of it with: vaultcast get runs')
    .addOption(timeoutOption('wait no longer than this; the run goes on', '20m'));
  return withQueue(withRegistry(withOutput(command)));
}

/** Puts orders on the queue and follows them in `Runs` to their end. Whoever stops waiting stops nothing else. */
export async function runInApp(
  orders: readonly Order[],
  options: RunOptions,
  context: Context,
): Promise<ExitCode> {
  const { io } = context;
  const queue = await context.openQueue(options, io);
  const status = await context.openStatus(options, io);
  for (const order of await signed(orders, status, io)) await sendOrder(order, queue, io.signal);
  const runs = orders.map(({ run }) => run).join(' ');
  if (!options.wait) {
    say(io, runs);
    return EXIT.ok;
  }
  note(io, `Run ${runs}`);
  const followed = await watch(status, orders, options, context);
  await showResult(followed.rows, options, io);
  return exitAfter(followed, runs, io);
}

async function showResult(rows: readonly RunStatus[], { output }: RunOptions, io: Io): Promise<void> {
  const states = rows.map(({ state }) => state);
  await show(io, output, {
    document: listOf('RunList', rows.map(runDocument), states, Date.now()),
    names: [...new Set(rows.map(({ run }) => `run/${run}`))],
    text: (wide) => (rows.length === 0 ? '' : resultText(io, rows, wide)),
  });
}

/** Follows the orders, while progress is shown and a person who hears nothing is told where to look. */
async function watch(
  status: Pick<Ports['status'], 'runs'>,
  orders: readonly Order[],
  { timeout }: RunOptions,
  { io, pollMs }: Context,
) {
  const awaited = orders.flatMap(({ run, clusters }) => clusters.map((cluster) => ({ run, cluster })));
  const progress = await startProgress(
    io,
    awaited.map(({ cluster }) => cluster),
  );
  const { heard } = wonder(io);
  const onRow = (row: RunStatus): void => {
    heard();
    progress.row(row);
  };
  try {
    return await follow(status, awaited, { pollMs, timeoutMs: timeout, signal: io.signal }, onRow);
  } finally {
    heard();
    await progress.end();
  }
}

/** Bars where somebody looks; the library that draws them is loaded only then. */
async function startProgress(io: Io, awaited: readonly string[]) {
  if (!io.interactive) return plainProgress(io);
  const { startBars } = await import('./bars.ts');
  return startBars(io, awaited);
}

/** Long for a queue, short for a person who wonders. */
const SILENCE_MS = 60_000;

/** Until the first sign of life. */
function wonder(io: Io): { heard: () => void } {
  const hint = 'No sign of the app yet: is it running, and is this its queue? (--storage)';
  const timer = setTimeout(() => note(io, hint), SILENCE_MS);
  return { heard: () => clearTimeout(timer) };
}
