import { expect, it } from 'vitest';
import { tellOfQueues } from '../../shared/reconcile/queues.ts';
import { NEVER } from '../../shared/time.ts';
import { aPushMessage } from '../support/contracts/queue.ts';
import { createWorld } from '../support/world.ts';

it('a run tells what waits in each queue, and for how long', async () => {
  const { ports } = createWorld();
  await ports.queue.push(aPushMessage(), 0, NEVER);
  await ports.queue.push(aPushMessage(), 600_000, NEVER);
  await ports.clock.advance(12_000);
  await tellOfQueues(ports, 'run-1');
  expect(ports.log.outcomes).toMatchObject([
    {
      code: 'QUEUE_LENGTH',
      message: 'push 2, the oldest for 12 s; reconcile 0',
      runId: 'run-1',
      durationMs: 12_000,
    },
  ]);
});

it('a run whose queues cannot be asked says so of each, and goes on', async () => {
  const { ports } = createWorld();
  ports.queue.fail({ code: 'QUEUE_UNAVAILABLE' });
  await tellOfQueues(ports, 'run-1');
  expect(ports.log.outcomes).toMatchObject([{ code: 'QUEUE_UNAVAILABLE' }, { code: 'QUEUE_UNAVAILABLE' }]);
});

it('a queue that cannot be asked hides no other', async () => {
  const { ports } = createWorld();
  ports.queue.fail({ code: 'QUEUE_UNAVAILABLE', times: 1 });
  await tellOfQueues(ports, 'run-1');
  expect(ports.log.outcomes).toMatchObject([
    { code: 'QUEUE_UNAVAILABLE', runId: 'run-1' },
    { code: 'QUEUE_LENGTH', message: 'reconcile 0' },
  ]);
});
