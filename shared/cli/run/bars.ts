import type { WriteStream } from 'node:tty';
import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import type { RunStatus } from '../../status/run.ts';
import type { Io } from '../terminal/io.ts';
import { isFinished } from './follow.ts';
import { progressText } from './progress.ts';

/** More bars than this fit on no screen: then only what runs or failed is counted. */
const MOST_BARS = 15;

interface Waiting {
  title: string;
  show?: (title: string) => void;
  finish: (failed?: Error) => void;
  finished: Promise<void>;
}

function waiting(title: string): Waiting {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined);
  return { title, finish: (failed) => (failed ? reject(failed) : resolve()), finished: promise };
}

const toTask = (one: Waiting) => ({
  title: one.title,
  task: async (_: unknown, task: { title?: string }): Promise<void> => {
    one.show = (title) => void (task.title = title);
    one.show(one.title);
    await one.finished;
  },
});

function start(io: Io, all: readonly Waiting[]): Promise<unknown> {
  // The result goes to stdout; what moves goes to the terminal.
  const stderr = io.stderr as WriteStream;
  const processOutput = new ProcessOutput(stderr, stderr, { leaveEmptyLine: false });
  const tasks = new Listr(all.map(toTask), {
    concurrent: true,
    exitOnError: false,
    // Ctrl-C ends the waiting, and what to do then is said by the command.
    registerSignalListeners: false,
    // Whether a person looks was decided at the start; stdout may well be a pipe.
    forceTTY: true,
    rendererOptions: { logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput }) },
  });
  return tasks.run().catch(() => undefined);
}

function set(one: Waiting, title: string): void {
  one.title = title;
  one.show?.(title);
}

/** A bar per cluster, or one that counts clusters when there are many. */
export function startBars(io: Io, awaited: readonly string[]) {
  const single = awaited.length > MOST_BARS;
  const count = waiting(`0/${awaited.length} clusters`);
  const bars = new Map(awaited.map((cluster) => [cluster, waiting(cluster)]));
  const all = single ? [count] : [...bars.values()];
  const ended = new Set<string>();
  const running = start(io, all);
  return {
    row(row: RunStatus): void {
      if (isFinished(row)) ended.add(`${row.run} ${row.cluster}`);
      set(count, `${ended.size}/${awaited.length} clusters; last: ${progressText(row)}`);
      const bar = bars.get(row.cluster);
      if (bar === undefined) return;
      set(bar, progressText(row));
      if (isFinished(row)) bar.finish(row.state === 'failed' ? new Error(progressText(row)) : undefined);
    },
    async end(): Promise<void> {
      for (const one of all) one.finish();
      await running;
    },
  };
}
