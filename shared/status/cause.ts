import { RUN_ID } from './run.ts';
import type { LogLine } from './log-line.ts';

/** The names under which log lines tell what caused a piece of work: a run or command by its id, else an event. */
export function causeNames(cause: string): Pick<LogLine, 'eventId' | 'runId'> {
  return RUN_ID.test(cause) ? { runId: cause } : { eventId: cause };
}
