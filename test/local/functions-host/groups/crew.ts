import { logLine } from '../log.ts';
import type { Worker } from '../worker/process.ts';

/** The one worker of an instance, and the next one when it is gone. */
export interface Crew {
  /** Starts the worker when it is asked for the first time. */
  worker(): Worker;
  /** Discards the worker with all it works on, and starts another. */
  restart(): void;
  end(): Promise<void>;
}

const MOST_CRASHES = 3;
const FORGOTTEN_AFTER_MS = 30 * 60 * 1000;

function countCrashes(): () => number {
  let [count, last] = [0, 0];
  return () => {
    const now = Date.now();
    count = now - last > FORGOTTEN_AFTER_MS ? 1 : count + 1;
    last = now;
    return count;
  };
}

/**
 * A worker that crashes is replaced at once; the third crash in half an hour is the end of the instance.
 *
 * @param first a worker that runs already
 * @param giveUp called instead of starting a fourth worker
 */
export function createCrew(start: () => Worker, giveUp: () => void, first?: Worker): Crew {
  const crash = countCrashes();
  let current: Worker | undefined;
  const hire = (worker: Worker): Worker => {
    current = worker;
    void worker.crashed.then(() => {
      logLine(`Language Worker Process exited. Pid=${worker.pid}.`);
      if (crash() < MOST_CRASHES) return void hire(start());
      logLine(
        'Exceeded language worker restart retry count for runtime:node. Shutting down and proactively recycling the ' +
          'Functions Host to recover',
      );
      giveUp();
    });
    return worker;
  };
  if (first) hire(first);
  return {
    worker: () => current ?? hire(start()),
    restart() {
      current?.discard();
      hire(start());
    },
    end: async () => current?.end(),
  };
}
