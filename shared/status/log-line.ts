import type { Code } from '../errors.ts';
import type { Target } from '../route/targets.ts';
import { effectOf, type Outcome } from './outcome.ts';
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
  /** When the event said it, ISO 8601; lines of messages that go on with its work do not know. */
  eventTime?: string;
  runId?: string;
  /** 1 for the first attempt. */
  attempt?: number;
  durationMs?: number;
}

/**
 * The names under which lines tell what caused a piece of work: a run or command by its id, else an event, and when that was
 * said where it is among `eventTimes` (ms).
 */
export function causeNames(
  cause: string,
  eventTimes?: ReadonlyMap<string, number>,
): Pick<LogLine, 'eventId' | 'eventTime' | 'runId'> {
  if (RUN_ID.test(cause)) return { runId: cause };
  const said = eventTimes?.get(cause);
  return { eventId: cause, ...(said === undefined ? {} : { eventTime: new Date(said).toISOString() }) };
}

/** The names of a target. */
export function targetNames({ ref, route }: Target) {
  return { vault: route.spec.vault, ...ref, route: route.metadata.name };
}

/**
 * What became of a target, and one line for each further secret of which its write brought a version: so the log tells of
 * every version when it came. `about`: the secret whose line `line` is.
 */
export function linesOf(outcome: Outcome, line: LogLine, about: string | undefined): LogLine[] {
  const brought = [...(effectOf(outcome)?.brought ?? [])];
  const isDelivered = outcome.code === 'DELIVERED';
  const others = brought.filter(([source]) => !isDelivered || source !== about);
  const came = others.map(([secret, version]): LogLine => {
    const message = isDelivered ? outcome.message : 'the Secret was written';
    return { ...line, code: 'DELIVERED', message, secret, version };
  });
  return isDelivered && about === undefined && came.length > 0 ? came : [...came, line];
}
