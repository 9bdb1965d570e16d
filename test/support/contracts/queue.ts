import { describe, expect, it } from 'vitest';
import type { Ports } from '../../../shared/ports.ts';
import type { PushMessage, ReconcileMessage } from '../../../shared/retry/message.ts';

export interface QueueHarness {
  queue: Ports['queue'];
  /** Takes every message that is visible now. */
  take: (name: 'push' | 'reconcile') => Promise<unknown[]>;
  pass: (ms: number) => Promise<void>;
}

export function aPushMessage(overrides: Partial<Extract<PushMessage, { kind: 'target' }>> = {}): PushMessage {
  return {
    kind: 'target',
    vault: 'team',
    secret: 'app-1--pg--password',
    cause: 'event 1',
    since: 1_763_600_000_000,
    attempt: 1,
    cluster: 'weu-1',
    namespace: 'app-1',
    name: 'pg',
    ...overrides,
  };
}

export const aShard = (
  overrides: Partial<Extract<ReconcileMessage, { kind: 'shard' }>> = {},
): ReconcileMessage => ({
  kind: 'shard',
  run: '20261120T101500Z-3fa9c1',
  clusters: ['weu-1', 'weu-2'],
  dryRun: false,
  recheck: false,
  ...overrides,
});

const HOUR_MS = 3_600_000;

/** What every Queue does; `start` gives one whose queues are empty, or do not exist yet. */
export function queueContract(name: string, start: () => Promise<QueueHarness>): void {
  const { signal } = new AbortController();
  const lengthsOf = async (queue: Ports['queue']) => {
    const { known: all } = await queue.lengths(signal);
    return ['push', 'reconcile'].map((of) => all.find((one) => one.queue === of));
  };
  describe(`${name} as a queue`, () => {
    it('delivers a message as it was sent', async () => {
      const { queue, take } = await start();
      await queue.push(aPushMessage(), 0, signal);
      expect(await take('push')).toEqual([aPushMessage()]);
    });

    it('keeps the two queues apart', async () => {
      const { queue, take } = await start();
      await queue.reconcile(aShard(), 0, signal);
      expect(await take('push')).toEqual([]);
      expect(await take('reconcile')).toEqual([aShard()]);
    });

    it('tells how many messages wait, and for how long one that could be taken has', async () => {
      const { queue, pass } = await start();
      await queue.push(aPushMessage(), 0, signal);
      await queue.push(aPushMessage(), 60_000, signal);
      await queue.reconcile(aShard(), 60_000, signal);
      await pass(1500);
      const [push, reconcile] = await lengthsOf(queue);
      expect(push).toEqual({ queue: 'push', messages: 2, oldestMs: expect.any(Number) });
      expect(push?.oldestMs).toBeGreaterThanOrEqual(500);
      expect(reconcile).toEqual({ queue: 'reconcile', messages: 1, oldestMs: undefined });
    });

    it('holds a message back for as long as asked', async () => {
      const { queue, take, pass } = await start();
      await queue.push(aPushMessage({ attempt: 2 }), HOUR_MS, signal);
      await queue.push(aPushMessage(), 1000, signal);
      await pass(1500);
      expect(await take('push')).toEqual([aPushMessage()]);
    });

    it('holds a shard back for as long as asked', async () => {
      const { queue, take, pass } = await start();
      await queue.reconcile(aShard({ dryRun: true }), HOUR_MS, signal);
      await queue.reconcile(aShard(), 1000, signal);
      await pass(1500);
      expect(await take('reconcile')).toEqual([aShard()]);
    });

    it('takes a delay in the past for none', async () => {
      const { queue, take } = await start();
      await queue.push(aPushMessage(), -5000, signal);
      expect(await take('push')).toHaveLength(1);
    });

    it('sends nothing that its reader would refuse', async () => {
      const { queue, take } = await start();
      const forged = aPushMessage({ namespace: '../kube-system' });
      await expect(queue.push(forged, 0, signal)).rejects.toMatchObject({
        name: 'VaultcastError',
        code: 'BAD_MESSAGE',
        message: expect.stringMatching(/^not put on queue push: namespace: /),
      });
      expect(await take('push')).toEqual([]);
    });

    it('sends nothing once its caller has given up', async () => {
      const { queue, take } = await start();
      await expect(queue.reconcile(aShard(), 0, AbortSignal.abort())).rejects.toMatchObject({
        name: 'VaultcastError',
        code: 'QUEUE_UNAVAILABLE',
      });
      expect(await take('reconcile')).toEqual([]);
    });
  });
}
