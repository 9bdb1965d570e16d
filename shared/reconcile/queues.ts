import type { Ports, QueueLength } from '../ports.ts';
import { NEVER } from '../time.ts';

/** Tells with every run what waits in the queues. Never rejects. */
export async function tellOfQueues({ queue, log }: Pick<Ports, 'queue' | 'log'>, run: string): Promise<void> {
  try {
    const lengths = await queue.lengths(NEVER);
    log.line({ code: 'QUEUE_LENGTH', message: lengths.map(described).join('; '), runId: run });
  } catch (error) {
    log.failure(error);
  }
}

function described({ queue, messages, oldestMs }: QueueLength): string {
  const oldest = oldestMs === undefined ? '' : `, the oldest for ${Math.round(oldestMs / 1000)} s`;
  return `${queue} ${messages}${oldest}`;
}
