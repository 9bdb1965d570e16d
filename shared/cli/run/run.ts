import { Option } from 'commander';
import type { Command } from 'commander';
import type { RunStatus } from '../../status/run.ts';
import type { Context } from '../command.ts';
import type { QueueOptions } from '../connect/queue.ts';
import { withQueue } from '../connect/queue.ts';
import type { ConnectOptions, StatusReader } from '../connect/settings.ts';
import { withRegistry } from '../connect/settings.ts';
import { durationMs } from '../terminal/durations.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { followRun } from './follow.ts';
import type { Followed, Terms } from './follow.ts';
import { sendOrder } from './orders.ts';
import type { Order } from './orders.ts';
import { startProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { resultText } from './result.ts';
import { exitOf } from './verdict.ts';

/** Of every command whose work the app does. */
export interface RunOptions extends ConnectOptions, QueueOptions {
  wait: boolean;
  timeout: number;
  output: 'table' | 'json';
}

export function withRun(command: Command): Command {
  command
    .option('--no-wait', 'start it only; see what becomes of it with: vaultcast get runs')
    .option('--timeout <time>', 'wait no longer than this; the run goes on', durationMs, durationMs('20m'))
    .addOption(new Option('-o, --output <format>', 'format').choices(['table', 'json']).default('table'));
  return withQueue(withRegistry(command));
}

function sayEnd({ end, missing }: Followed, runs: string, context: Context): void {
  const { io } = context;
  if (end === 'finished') return;
  const why = end === 'timeout' ? 'Waited long enough' : 'Interrupted';
  note(io, `${why}: the run goes on in the app. See later: vaultcast get runs ${runs}`);
  if (end === 'timeout' && missing.length > 0)
    note(io, `No sign of ${missing.join(', ')} yet: is the app running, and is this its queue?`);
}

function exitCode({ end, rows }: Followed): ExitCode {
  if (end === 'interrupted') return EXIT.interrupted;
  return end === 'timeout' ? EXIT.failed : exitOf(rows);
}

/** Long for a queue, short for a person who wonders. */
const SILENCE_MS = 60_000;

/** Until the first sign of life. */
function wonder(io: Io): { heard: () => void } {
  const hint = 'No sign of the app yet: is it running, and is this its queue? (--storage)';
  const timer = setTimeout(() => note(io, hint), SILENCE_MS);
  return { heard: () => clearTimeout(timer) };
}

async function watched(
  status: StatusReader,
  awaited: Parameters<typeof followRun>[1],
  terms: Terms,
  progress: Progress,
  io: Io,
): Promise<Followed> {
  const { heard } = wonder(io);
  const onRow = (row: RunStatus): void => {
    heard();
    progress.row(row);
  };
  try {
    return await followRun(status, awaited, terms, onRow);
  } finally {
    heard();
    await progress.end();
  }
}

/** Puts orders on the queue and follows them in `Runs` to their end. Whoever stops waiting stops nothing else. */
export async function carryOutRun(
  orders: readonly Order[],
  options: RunOptions,
  context: Context,
): Promise<ExitCode> {
  const { io, pollMs } = context;
  const queue = await context.openQueue(options, io);
  const status = await context.openStatus(options, io);
  for (const order of orders) await sendOrder(order, queue, io.signal);
  const runs = orders.map(({ run }) => run).join(' ');
  if (!options.wait) {
    say(io, runs);
    return EXIT.ok;
  }
  note(io, `Run ${runs}`);
  const awaited = orders.flatMap(({ run, clusters }) => clusters.map((cluster) => ({ run, cluster })));
  const progress = await startProgress(
    io,
    awaited.map(({ cluster }) => cluster),
  );
  const terms = { pollMs, timeoutMs: options.timeout, signal: io.signal };
  const followed = await watched(status, awaited, terms, progress, io);
  const { rows } = followed;
  if (options.output === 'json') say(io, JSON.stringify(rows, undefined, 2));
  else if (rows.length > 0) say(io, resultText(rows));
  sayEnd(followed, runs, context);
  return exitCode(followed);
}
