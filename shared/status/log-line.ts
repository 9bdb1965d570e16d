import type { Code } from '../errors.ts';

/** What became of one piece of work; one log line each. Names only, never a value. */
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
