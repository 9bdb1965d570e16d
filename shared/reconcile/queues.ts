import type { Ports } from '../ports.ts';
import { NEVER } from '../time.ts';

/** Tells with every run what waits in the queues. Never rejects. */
export async function tellOfQueues({ queue, log }: Pick<Ports, 'queue' | 'log'>, run: string): Promise<void> {
  try {
    const { known, failures } = await queue.lengths(NEVER);
    for (const failure of failures) log.line({ ...failure, runId: run });
    if (known.length === 0) return;
    const message = known.map((one) => described(one.queue, one.messages, one.oldestMs)).join('; ');
    // Of all queues: an alert compares a number.
    const durationMs = Math.max(0, ...known.map(({ oldestMs = 0 }) => oldestMs));
    log.line({ code: 'QUEUE_LENGTH', message, runId: run, durationMs });
  } catch (error) {
    log.failure(error);
  }
}

function described(queue: string, messages: number, oldestMs: number | undefined): string {
  const oldest = oldestMs === undefined ? '' : `, the oldest for ${Math.round(oldestMs / 1000)} s`;
  return `${queue} ${messages}${oldest}`;
}
