import type { Task } from '../event/task.ts';
import { durationMs } from '../registry/route-fields.ts';
import type { Target } from '../route/targets.ts';
import type { Outcome } from '../status/outcome.ts';
import { RUN_ID } from '../status/run.ts';

/**
 * Splits the targets of an event by their route's `debounce`: those that are delivered now, and those that wait for company.
 * Secrets that are rotated together, such as a user and a password, then arrive in one write, and no pod reads the one with
 * the other's older value. What waits is one message per target: later events of that Secret find it waiting already. A
 * person's command, and the message itself, wait for nobody.
 */
export function debounced(task: Task, targets: readonly Target[]): { prompt: Target[]; waiting: Outcome[] } {
  const [prompt, waiting]: [Target[], Outcome[]] = [[], []];
  const isEvent = task.only === undefined && !RUN_ID.test(task.cause);
  for (const target of targets) {
    const { debounce } = target.route.spec;
    if (!isEvent || debounce === undefined) prompt.push(target);
    else waiting.push(waitingFor(target, durationMs(debounce)));
  }
  return { prompt, waiting };
}

function waitingFor(target: Target, ms: number): Outcome {
  const message = `waits ${target.route.spec.debounce} for other secrets of the same Secret, as its route asks`;
  return { kind: 'held', target, look: { at: 'nothing' }, code: 'QUEUED', message, retryAfterMs: ms };
}
