import type { Code } from '../../../shared/errors.ts';

/** One outcome as the app logs it. */
export interface LogLine {
  time: string;
  level: 'info' | 'warn' | 'error';
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
  attempt?: number;
}

function outcomeIn(line: string): LogLine | undefined {
  if (!line.startsWith('{"time":')) return undefined;
  return JSON.parse(line) as LogLine;
}

/** The outcomes among the lines of a host, in their order. */
export function outcomesIn(lines: readonly string[]): LogLine[] {
  return lines.flatMap((line) => outcomeIn(line) ?? []);
}
