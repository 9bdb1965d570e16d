import type { Ports, QueueLength } from '../ports.ts';
import { NEVER } from '../time.ts';

/** Tells with every run what waits in the queues. Never rejects. */
export async function tellOfQueues({ queue, log }: Pick<Ports, 'queue' | 'log'>, run: string): Promise<void> {
  try {
    const { known, failures } = await queue.lengths(NEVER);
    for (const failure of failures) log.line({ ...failure, runId: run });
    if (known.length === 0) return;
    const message = known.map(described).join('; ');
    log.line({ code: 'QUEUE_LENGTH', message, runId: run, durationMs: oldestIn(known) });
  } catch (error) {
    log.failure(error);
  }
}

/** Of all queues: an alert compares a number. */
function oldestIn(lengths: readonly QueueLength[]): number {
  return Math.max(0, ...lengths.map(({ oldestMs = 0 }) => oldestMs));
}

function described({ queue, messages, oldestMs }: QueueLength): string {
  const oldest = oldestMs === undefined ? '' : `, the oldest for ${Math.round(oldestMs / 1000)} s`;
  return `${queue} ${messages}${oldest}`;
}
