import { describe, expect, it } from 'vitest';
import { pushMessage, reconcileMessage } from '../../shared/retry/message.ts';
import { readMessage } from '../../shared/retry/received.ts';
import { earlierPush, earlierShard } from '../support/earlier/messages.ts';
import { aShard } from '../support/contracts/queue.ts';
import { createFakeQueue } from '../support/fakes/queue.ts';
import { createFakeClock } from '../support/fakes/clock.ts';

const work = { vault: 'team', secret: 'app-1--pg--password', cause: 'event-1', since: 1, attempt: 7 };
const target = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
const run = '20261120T101500Z-3fa9c1';

/** As version 0.1.0 puts them into a queue: base64 of JSON. */
const lying = (message: object) => Buffer.from(JSON.stringify(message)).toString('base64');

describe('messages of version 0.1.0', () => {
  it.each([
    ['of a secret', pushMessage, { kind: 'secret', ...work }],
    ['of a target', pushMessage, { kind: 'target', ...work, ...target }],
    ['of a shard', reconcileMessage, { kind: 'shard', run, clusters: ['weu-1'] }],
    [
      'of a shard with everything',
      reconcileMessage,
      {
        kind: 'shard',
        run,
        clusters: ['a', 'b'],
        route: 'app-1',
        confirmRemovals: run,
        dryRun: true,
        recheck: true,
      },
    ],
    [
      "of a person's push",
      reconcileMessage,
      { kind: 'push', run, vault: 'team', secret: 'x', acceptOlder: true, removeNow: true },
    ],
    ['of a check', reconcileMessage, { kind: 'check', run, clusters: ['weu-1'] }],
  ])('%s are read', (_what, schema, message) => {
    const read = readMessage(lying(message));
    expect('body' in read && schema.safeParse(read.body)).toMatchObject({ success: true, data: message });
  });
});

describe('messages of this version', () => {
  const { signal } = new AbortController();

  it.each([
    ['a field too many', { kind: 'secret', ...work, author: 'x' }],
    ['a kind that is new', { kind: 'debounced', ...work }],
  ])('that version 0.1.0 would drop fail whatever test sends them: %s', async (_what, message) => {
    expect(earlierPush.safeParse(message).success).toBe(false);
    const queue = createFakeQueue(createFakeClock());
    await expect(queue.push(message as never, 0, signal)).rejects.toThrow(/Unrecognized|Invalid/);
    expect(queue.waiting('push')).toEqual([]);
  });

  it('that are shards are held to it, and commands are not', async () => {
    const shard = aShard({ run });
    expect(earlierShard.safeParse(shard).success).toBe(true);
    const queue = createFakeQueue(createFakeClock());
    await queue.reconcile(shard, 0, signal);
    await queue.reconcile({ kind: 'check', run, clusters: ['weu-1'] }, 0, signal);
    expect(queue.waiting('reconcile')).toHaveLength(2);
  });
});
