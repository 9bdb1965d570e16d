import { describe, expect, it } from 'vitest';
import host from '../../host.json' with { type: 'json' };
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { statusOf } from '../../shared/commands/status.ts';
import { startRun } from '../../shared/reconcile/start.ts';
import { onPoisonMessage } from '../../shared/retry/poison.ts';
import { onPushMessage, onVaultEvent } from '../../shared/sync.ts';
import { aSecretEvent } from '../support/builders.ts';
import { aPushMessage, aShard } from '../support/contracts/queue.ts';
import { createWorld, type World } from '../support/world.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** As long as each port takes at most by its own time-outs, or longer. */
const SLOW_MS: readonly [RegExp, number][] = [
  [/^(?:registry|status|queue)\./, 6 * SECOND_MS],
  [/^vault\.list/, 30 * SECOND_MS],
  [/^vault\./, 15 * SECOND_MS],
  [/^kubernetes\./, 15 * SECOND_MS],
];

const CLUSTERS = Array.from({ length: 20 }, (_, index) => `weu-${index + 1}`);

/** Everything answers, as late as it may; a vault has hundreds of pages. */
function slowWorld(): World {
  const world = createWorld({
    clusters: Object.fromEntries(CLUSTERS.map((name) => [name, {}])),
    places: 8,
  });
  for (let number = 0; number < 600; number += 1) world.set(`app-1--s${number}--password`, 'x');
  world.before = async (call) => {
    const [, ms = 0] = SLOW_MS.find(([pattern]) => pattern.test(call)) ?? [];
    if (!call.endsWith(' done')) await world.ports.clock.sleep(ms);
  };
  return world;
}

/** How long the work takes on the world's clock, however it ends; at most an hour. */
async function durationOf(world: World, work: Promise<unknown>): Promise<number> {
  const { clock } = world.ports;
  const begun = clock.now();
  let ended = Infinity;
  const end = (): void => void (ended = clock.now() - begun);
  work.then(end, end);
  for (let second = 0; second < 3600 && ended === Infinity; second += 5) await clock.advance(5 * SECOND_MS);
  return ended;
}

const [hours = 0, minutes = 0, seconds = 0] = host.functionTimeout.split(':').map(Number);
const TIMEOUT_MS = ((hours * 60 + minutes) * 60 + seconds) * SECOND_MS;

const run = (world: World): string =>
  `${new Date(world.ports.clock.now()).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z-3fa9`;

/**
 * One invocation that meets functionTimeout takes the whole worker with it, and everything else in flight: so none does,
 * however slow the others are.
 */
describe('with everything as slow as it may be, well before the function times out', () => {
  it.each<[string, number, (world: World) => Promise<unknown>]>([
    [
      'an event is acknowledged',
      28 * SECOND_MS,
      ({ ports, settings }) => onVaultEvent([aSecretEvent({ name: 'app-1--s1--password' })], ports, settings),
    ],
    [
      'a message of queue push is done or queued again',
      28 * SECOND_MS,
      ({ ports, settings }) =>
        onPushMessage({ ...aPushMessage(), since: ports.clock.now() }, ports, settings),
    ],
    ['a timer has started its run', 7 * MINUTE_MS, ({ ports }) => startRun(ports)],
    [
      'a shard of twenty clusters is left to others',
      9.5 * MINUTE_MS,
      (world) =>
        onReconcileMessage(aShard({ run: run(world), clusters: CLUSTERS }), world.ports, world.settings),
    ],
    [
      'a check of twenty clusters is told',
      9.5 * MINUTE_MS,
      (world) =>
        onReconcileMessage(
          { kind: 'check', run: run(world), clusters: CLUSTERS },
          world.ports,
          world.settings,
        ),
    ],
    [
      "a person's push is told",
      MINUTE_MS,
      (world) =>
        onReconcileMessage(
          { kind: 'push', run: run(world), vault: 'team', secret: 'app-1--s1--password' },
          world.ports,
          world.settings,
        ),
    ],
    [
      'a message that the host gave up, full of events, is recorded',
      MINUTE_MS,
      ({ ports, settings }) =>
        onPoisonMessage(
          Array.from({ length: 80 }, (_, index) => aSecretEvent({ name: `app-1--s${index}--password` })),
          'vault-events',
          ports,
          settings.vaults,
        ),
    ],
    ['the status is told, or that it cannot be', 61 * SECOND_MS, ({ ports }) => statusOf(ports, {})],
  ])('%s', async (_what, mostMs, work) => {
    expect(mostMs).toBeLessThan(TIMEOUT_MS);
    const world = slowWorld();

    expect(await durationOf(world, work(world))).toBeLessThanOrEqual(mostMs);
  });
});
