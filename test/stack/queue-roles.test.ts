import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../local/stack/eventually.ts';
import type { Rotation } from '../local/stack/events.ts';
import { SHUTTING_DOWN, takeRole } from '../local/stack/roles.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { closeBackOff, QUEUES, sendMessage } from '../local/stack/storage.ts';
import { applyTenancy, valueIn } from '../local/stack/tenancy.ts';

const SICK = 'neu-1';
const WAIT_MS = 60_000;
const CLUSTERS = ['weu-1', SICK];
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ clusters: CLUSTERS });
  await applyTenancy(stack);
});
afterAll(() => stack.stop());

const valuesOf = (name: string) =>
  CLUSTERS.map((cluster) => valueIn(stack.cluster(cluster), 'app-1', name, 'password'));
const rotate = (name: string, value: string): Promise<Rotation> =>
  stack.rotate(`app-1--${name}--password`, value);
const falls = (): number =>
  stack.hosts.flatMap(({ lines }) => lines).filter((line) => line.startsWith(SHUTTING_DOWN)).length;

/** Something to do for the function of a queue; a poison queue gets what its queue had. */
function messageFor(name: string, event: object): object {
  const queue = name.replace('-poison', '');
  if (queue === 'vault-events') return event;
  if (queue === 'reconcile')
    return {
      kind: 'shard',
      run: '20261129T101500Z-3fa9c1',
      clusters: CLUSTERS,
      dryRun: false,
      recheck: false,
    };
  const target = { cluster: 'weu-1', namespace: 'app-1', name: 'redis' };
  const work = { vault: 'team', secret: 'app-1--redis--password', cause: 'the role is back', attempt: 1 };
  return { kind: 'target', ...work, ...target, since: Date.now() };
}

const writesOf = (cluster: string): number => {
  const { create, update } = stack.cluster(cluster).writes;
  return create + update;
};

describe.each(QUEUES)('the role on queue %s', (queue) => {
  let giveBack: () => void;
  let rotation: Rotation;
  const needsIt = queue === 'push';

  beforeAll(async () => {
    await rotate('pg', `before ${queue}`);
    await rotate('mq', `before ${queue}`);
    const before = falls();
    giveBack = takeRole(stack.storage, queue);
    await eventually(() => falls() > before, WAIT_MS);
    await stack.cluster(SICK).server.down();
    rotation = await rotate('mq', `without ${queue}`);
    await stack.cluster(SICK).server.up();
    await closeBackOff(stack.storage, SICK);
  }, WAIT_MS);

  it('is not needed for an event whose targets all end well: it is acknowledged without the role', async () => {
    expect((await rotate('pg', `without ${queue}`)).answer.status).toBe(202);
    expect(valuesOf('pg')).toEqual([`without ${queue}`, `without ${queue}`]);
  });

  it('is needed by an event that must be tried again, if by any: no event is acknowledged whose work is nowhere', () => {
    expect(rotation.answer.status).toBe(needsIt ? 500 : 202);
  });

  describe('once it is back', () => {
    let writes: number;

    beforeAll(async () => {
      writes = writesOf('weu-1');
      giveBack();
      if (needsIt) await stack.deliver([rotation.event]);
    }, WAIT_MS);

    it('nothing was lost, and nothing is written that stands already', { timeout: WAIT_MS }, async () => {
      expect(stack.answers.at(-1)?.status).toBe(202);
      await expect
        .poll(() => valuesOf('mq'), { timeout: WAIT_MS })
        .toEqual([`without ${queue}`, `without ${queue}`]);
      expect(writesOf('weu-1')).toBe(writes);
    });

    it('the function of the queue works again', { timeout: WAIT_MS }, async () => {
      const { event } = await rotate('redis', `after ${queue}`);
      const before = stack.lines().length;
      await sendMessage(stack.storage, queue, messageFor(queue, event));
      await expect.poll(() => stack.lines().length, { timeout: WAIT_MS }).toBeGreaterThan(before);
    });
  });
});
