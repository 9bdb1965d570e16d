import type { RunStatus } from '../status/run.ts';
import { NO_CLUSTER } from '../status/target.ts';
import { API_VERSION, isoTime, present, textOrNone } from './fields.ts';
import type { Output } from './json-schema.ts';

type Finding = NonNullable<Output<'Run'>['status']['findings']>[number];

/** A run or a command at one cluster, as people and programs read it. */
export function runDocument(row: RunStatus): Output<'Run'> {
  const { run, cluster, kind, scope, state, startedAt, finishedAt, done, total, counts, lines, by } = row;
  const isCheck = kind === 'check';
  return {
    apiVersion: API_VERSION,
    kind: 'Run',
    metadata: { name: run, ...(cluster === NO_CLUSTER ? {} : { cluster }) },
    spec: { command: kind, ...present({ route: textOrNone(scope), author: by }) },
    status: {
      state,
      startedAt: new Date(startedAt).toISOString(),
      ...present({ finishedAt: isoTime(finishedAt) }),
      targets: { done, total },
      outcomes: { ...counts },
      ...(isCheck ? { findings: lines.map(findingOf) } : { lines: [...lines] }),
    },
  };
}

const LINE = /^(?<level>OK|WARN|FAIL) (?<step>[\w-]+): (?<message>.*?)(?: -> (?<fix>.*))?$/s;

/** A line of a check; what is none, such as `… and 3 more`, is shown as it stands. */
export function findingOf(line: string): Finding {
  const { level, step = '', message = '', fix } = LINE.exec(line)?.groups ?? {};
  if (level === undefined) return { level: 'WARN', step: 'check', message: line };
  return { level: level as Finding['level'], step, message, ...present({ fix: textOrNone(fix ?? '') }) };
}
