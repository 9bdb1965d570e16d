import { createLog } from '../../../shared/adapters/log.ts';
import { type Code, failureOf } from '../../../shared/errors.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { LogLine } from '../../../shared/status/log-line.ts';

type Log = Ports['log'];

export interface FakeLog extends Log {
  outcomes: LogLine[];
  /** What the real logger writes for them. */
  lines: string[];
  codes(): Code[];
}

export function createFakeLog(now: () => number = () => 0): FakeLog {
  const [outcomes, lines]: [LogLine[], string[]] = [[], []];
  const keep = (line: string): void => void lines.push(line);
  const sink = { info: keep, warn: keep, error: keep };
  const real = createLog(sink, { now });
  const line = (described: LogLine): void => {
    outcomes.push(structuredClone(described));
    real.line(described);
  };
  return {
    outcomes,
    lines,
    line,
    failure: (error) => {
      const { code, message } = failureOf(error);
      line({ code, message });
    },
    codes: () => outcomes.map(({ code }) => code),
  };
}
