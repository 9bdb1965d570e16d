import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { failureOf } from '../../shared/errors.ts';
import { onPoisonMessage } from '../../shared/retry/poison.ts';
import { onPushMessage } from '../../shared/sync.ts';
import { NOW } from '../support/builders.ts';
import { aPushMessage, aShard } from '../support/contracts/queue.ts';
import { createWorld, finish } from '../support/world.ts';
import { hostileJson, mutated, type JsonValue } from './hostile.ts';
import { expectLogLines, isPlainCall } from './expectations.ts';
import { fuzz, LONG } from './property.ts';

const SECRET = 'app-1--pg--password';
/** Just before the fakes' clock begins: a run of the future, or work of last year, would be refused. */
const RUN = '20261119T235959Z-3fa9c1';
const since = (NOW - 60) * 1000;

const secret = { kind: 'secret', vault: 'team', secret: SECRET, cause: 'event 1', since, attempt: 1 };
const push = { kind: 'push', run: RUN, vault: 'team', secret: SECRET };
/** Of targets that no route makes of the secret, in places that would take it. */
const elsewhere = [{ namespace: 'app-2' }, { name: 'mq' }].map((place) => ({
  ...aPushMessage({ since }),
  ...place,
}));
const FITTING = {
  push: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<JsonValue>({ ...aPushMessage({ since }) }, secret) },
    { weight: 1, arbitrary: fc.constantFrom<JsonValue>(...elsewhere) },
  ),
  reconcile: fc.constantFrom<JsonValue>(
    { ...push, acceptOlder: true, removeNow: true },
    { ...aShard({ run: RUN }) } as unknown as JsonValue,
    { kind: 'shard', run: RUN, clusters: ['weu-1'], route: 'app-1', dryRun: true },
    { kind: 'check', run: RUN, clusters: ['weu-1'] },
  ),
};
const messages = (fitting: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> =>
  fc.oneof(
    { weight: 5, arbitrary: fitting },
    { weight: 5, arbitrary: mutated(fitting) },
    { weight: 1, arbitrary: hostileJson },
  );
const deliveries = fc.oneof(
  fc.tuple(fc.constant('push' as const), messages(FITTING.push)),
  fc.tuple(fc.constant('reconcile' as const), messages(FITTING.reconcile)),
  fc.tuple(fc.constant('poison' as const), messages(FITTING.push)),
);

const reaches = {
  'push understood': 'often',
  'reconcile understood': 'often',
  'poison understood': 'often',
  'a write': { least: 0.15, because: 'some messages are about places that no route wants' },
} as const;

describe('whatever somebody puts into a queue', () => {
  it(
    'is work that routes allow, or a bad message',
    LONG,
    fuzz({ share: 0.08, reaches }, deliveries, async ([queue, body], saw) => {
      const world = createWorld({ namespaces: { 'app-1': 'app-1--', 'app-2': 'app-1--' } });
      const { ports, settings } = world;
      const calls: string[] = [];
      world.before = async (call) => void calls.push(call);
      world.set(SECRET, 'v1');
      const handle = {
        push: () => onPushMessage(body, ports, settings),
        reconcile: () => onReconcileMessage(body, ports, settings),
        poison: () => onPoisonMessage(body, 'push', ports),
      }[queue];
      const thrown = await finish(ports.clock, handle()).then(() => undefined, failureOf);
      saw(`${queue} understood`, !ports.log.codes().includes('BAD_MESSAGE'));
      if (queue !== 'poison') saw('a write', world.writes().length > 0);
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
