import { CODES, failureOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { LogLine } from '../status/log-line.ts';
import type { Clock } from '../time.ts';
import { boundedText, MESSAGE_MAX } from './bounded-text.ts';

/**
 * Where lines go, by severity. An InvocationContext is one: its lines reach Application Insights with their level and
 * their invocation, while the host takes stdout for information and everything on stderr for an error.
 * https://github.com/Azure/azure-functions-host/pull/6245
 */
type Sink = Pick<Console, 'info' | 'warn' | 'error'>;

const FIELD_MAX = 300;

/** In the order of a line. Everything else an object may carry is not logged. */
export const LOG_FIELDS = [
  'vault',
  'secret',
  'version',
  'cluster',
  'namespace',
  'name',
  'route',
  'eventId',
  'eventTime',
  'runId',
  'attempt',
  'durationMs',
] as const satisfies readonly (keyof LogLine)[];

function fieldsOf(line: LogLine): [string, string | number][] {
  return LOG_FIELDS.flatMap((field): [string, string | number][] => {
    const value = line[field];
    if (typeof value === 'string') return [[field, boundedText(value, FIELD_MAX)]];
    return typeof value === 'number' && Number.isFinite(value) ? [[field, value]] : [];
  });
}

function write(sink: Sink, now: number, described: LogLine): void {
  const { level } = CODES[described.code];
  const line = JSON.stringify({
    time: new Date(now).toISOString(),
    level,
    code: described.code,
    message: boundedText(described.message, MESSAGE_MAX),
    ...Object.fromEntries(fieldsOf(described)),
  });
  sink[level](line);
}

/** One JSON line per outcome. Never throws: work must not fail because it could not be described. */
export function createLog(sink: Sink, clock: Pick<Clock, 'now'>): Ports['log'] {
  const line = (described: LogLine): void => {
    try {
      write(sink, clock.now(), described);
    } catch {
      // The sink itself failed: there is no place left to say so.
    }
  };
  return {
    line,
    failure: (error) => {
      const { code, message } = failureOf(error);
      line({ code, message });
    },
  };
}
