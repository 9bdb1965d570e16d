import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { failureOf } from '../../shared/errors.ts';
import { onPoisonMessage } from '../../shared/retry/poison.ts';
import { onPushMessage } from '../../shared/sync.ts';
import { aPushMessage, aShard } from '../support/contracts/queue.ts';
import { createWorld, finish } from '../support/world.ts';
import { hostileJson, mutated, type JsonValue } from './hostile.ts';
import { expectLogLines, isPlainCall } from './expectations.ts';
import { fuzz, LONG } from './property.ts';

const secret = {
  kind: 'secret',
  vault: 'team',
  secret: 'app-1--pg--password',
  cause: 'e',
  since: 0,
  attempt: 1,
};
const push = { kind: 'push', run: '20261120T101500Z-3fa9', vault: 'team', secret: 'app-1--pg--password' };
const valid = fc.constantFrom<JsonValue>(
  { ...aPushMessage() } as unknown as JsonValue,
  secret,
  push,
  { ...push, acceptOlder: true, removeNow: true },
  { ...aShard() } as unknown as JsonValue,
  { kind: 'shard', run: push.run, clusters: ['weu-1'], route: 'app-1', dryRun: true },
);
const message = fc.oneof({ weight: 5, arbitrary: mutated(valid) }, valid, hostileJson);

const queues = fc.constantFrom('push' as const, 'reconcile' as const, 'poison' as const);

describe('whatever somebody puts into a queue', () => {
  it(
    'is work that routes allow, or a bad message',
    LONG,
    fuzz(0.08, fc.tuple(queues, message), async ([queue, body]) => {
      const world = createWorld();
      const { ports, settings } = world;
      const calls: string[] = [];
      world.before = async (call) => void calls.push(call);
      world.set('app-1--pg--password', 'v1');
      const handle = {
        push: () => onPushMessage(body, ports, settings),
        reconcile: () => onReconcileMessage(body, ports, settings),
        poison: () => onPoisonMessage(body, 'push', ports),
      }[queue];
      const thrown = await finish(ports.clock, handle()).then(() => undefined, failureOf);
      // A queue that refuses what is too late to go on is for the host: it ends as a problem people see.
      expect([undefined, 'BAD_MESSAGE']).toContain(thrown?.code);
      // A shard of clusters that are not registered any more has nothing to do, and nothing to say.
      const told = ports.log.outcomes.length + (thrown ? 1 : 0) + (queue === 'reconcile' ? 1 : 0);
      expect(told).toBeGreaterThan(0);
      expect(ports.log.codes()).not.toContain('INTERNAL');
      expectLogLines(ports.log.lines);
      expect(calls.filter((call) => !isPlainCall(call))).toEqual([]);
      expect(world.writes().filter((call) => !call.endsWith(' weu-1/app-1/pg'))).toEqual([]);
    }),
  );
});
