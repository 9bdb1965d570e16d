import type { Task } from '../event/task.ts';
import { causeNames, linesOf, type LogLine, targetNames } from '../status/log-line.ts';
import { effectOf, isUnfinished, type Outcome } from '../status/outcome.ts';

/** When the lines are written (ms), and whether the vault does not show yet what the event announced. */
interface How {
  now: number;
  isLagging: boolean;
  /** Outcomes that a message which waits already takes care of, with its time (ms). */
  merged: ReadonlyMap<Outcome, number>;
}

/** What caused the work, and which attempt it is, as lines tell it. */
export function workNames({ cause, eventTimes, attempt }: Task): Partial<LogLine> {
  return { ...causeNames(cause, eventTimes), attempt };
}

/** Where the event ends: the other message names another one. */
function mergedLine(line: LogLine, until: number): LogLine {
  const message = `a message waits for this target until ${new Date(until).toISOString()}: it brings the latest version, too`;
  return { ...line, code: 'SUPERSEDED', message };
}

/** Where an event ends that came with another: the retries name that one. */
function companyLine({ cause }: Task, outcome: Outcome, line: LogLine, goesOn: string): LogLine[] {
  if (cause === goesOn || !isUnfinished(outcome)) return [];
  const message = `event ${goesOn} about the same secret goes on for this target`;
  return [{ ...line, code: 'SUPERSEDED', message }];
}

/** Where events end that came with another, which goes on as a message about the whole secret. */
export function companyLines({ secret, cause, company, eventTimes }: Task): LogLine[] {
  const message = `event ${cause} about the same secret goes on as a message of queue push`;
  const names = { vault: secret.vault, secret: secret.name };
  return company.map((id) => ({ code: 'SUPERSEDED', message, ...names, ...causeNames(id, eventTimes) }));
}

const LAGGING =
  '; its event announced a version that the vault does not show yet: it is looked at again soon';

/** The lines of outcomes, for every event that the work was for. */
export function outcomeLines(task: Task, outcomes: readonly Outcome[], how: How): LogLine[] {
  const tasks = [task.cause, ...task.company].map((cause) => ({ ...task, cause }));
  return outcomes.flatMap((outcome) =>
    tasks.flatMap((one) => {
      const line = lineOf(one, outcome, how);
      const until = how.merged.get(outcome);
      const end =
        until === undefined ? companyLine(one, outcome, line, task.cause) : [mergedLine(line, until)];
      return [...linesOf(outcome, line, task.secret.name), ...end];
    }),
  );
}

function lineOf(task: Task, outcome: Outcome, { now, isLagging }: How): LogLine {
  const { code, target } = outcome;
  const version = effectOf(outcome)?.version;
  const message = `${outcome.message}${isLagging ? LAGGING : ''}`;
  return {
    code,
    message: isUnfinished(outcome) ? `${message}${unrepeated(task)}` : message,
    ...targetNames(target),
    vault: task.secret.vault,
    secret: task.secret.name,
    ...(version === undefined ? {} : { version }),
    ...workNames(task),
    durationMs: Math.max(0, now - task.since),
  };
}

/** A message of the queue can ask for nothing that only a person may: the retries go without it. */
export function unrepeated({ overrides: { acceptOlder, removeNow } }: Task): string {
  const flags = [...(acceptOlder ? ['--accept-older'] : []), ...(removeNow ? ['--remove-now'] : [])];
  return flags.length === 0
    ? ''
    : `; the retry goes without ${flags.join(' and ')}: ask again if it is still needed`;
}
