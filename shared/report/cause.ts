import { runId } from './message.ts';
import type { Outcome } from './outcome.ts';

/** The names under which log lines tell what caused a piece of work: a run or command by its id, else an event. */
export function causeNames(cause: string): Pick<Outcome, 'eventId' | 'runId'> {
  return runId.safeParse(cause).success ? { runId: cause } : { eventId: cause };
}
