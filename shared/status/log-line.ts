import type { Code } from '../errors.ts';
import type { Target } from '../route/targets.ts';
import { RUN_ID } from './run.ts';

/** One line of the log: what became of one piece of work. Names only, never a value. */
export interface LogLine {
  code: Code;
  message: string;
  vault?: string;
  secret?: string;
  version?: string;
  cluster?: string;
  namespace?: string;
  name?: string;
  route?: string;
  eventId?: string;
  runId?: string;
  /** 1 for the first attempt. */
  attempt?: number;
  durationMs?: number;
}

/** The names under which lines tell what caused a piece of work: a run or command by its id, else an event. */
export function causeNames(cause: string): Pick<LogLine, 'eventId' | 'runId'> {
  return RUN_ID.test(cause) ? { runId: cause } : { eventId: cause };
}

/** The names of a target. */
export function targetNames({ ref, route }: Target) {
  return { vault: route.spec.vault, ...ref, route: route.metadata.name };
}
