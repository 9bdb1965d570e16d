import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../local/stack/eventually.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import type { Rotation } from '../local/stack/events.ts';
import { queueLength, rowsOf, sendMessage } from '../local/stack/storage.ts';
import { applyTenancy, valueIn } from '../local/stack/tenancy.ts';

const SECRET = 'app-1--pg--password';
const WAIT_MS = 30_000;

interface Outage {
  stack: Stack;
  rotation: Rotation;
  answeredAfterMs: number;
}

async function rotateDuring(clusters: string[], begin: (stack: Stack) => Promise<void>): Promise<Outage> {
  const stack = await startStack({ clusters });
  await applyTenancy(stack);
  await stack.rotate(SECRET, 'before');
  await begin(stack);
  const rotation = await stack.rotate(SECRET, 'during');
  return { stack, rotation, answeredAfterMs: Date.now() - rotation.at };
}

const valueAt = ({ stack }: Outage, cluster: string) =>
  valueIn(stack.cluster(cluster), 'app-1', 'pg', 'password');

let ofClusters: Outage;
let ofTables: Outage;
let valueWithoutTables: string | undefined;

// Both begin before the first test, because a failed attempt waits for up to ten seconds.
beforeAll(async () => {
  ofClusters = await rotateDuring(['weu-1', 'neu-1', 'sea-1'], async (stack) => {
    await stack.cluster('neu-1').server.down();
    stack.cluster('sea-1').server.inject({ fault: { kind: 'hang' } });
  });
  ofTables = await rotateDuring(['weu-1'], ({ storage }) => storage.tables.down());
  valueWithoutTables = valueAt(ofTables, 'weu-1');
  await ofTables.stack.storage.tables.up();
}, WAIT_MS);
afterAll(() => Promise.all([ofClusters.stack.stop(), ofTables.stack.stop()]));

describe('a rotation while a cluster refuses connections and another one never answers', () => {
  it('is acknowledged without an answer of theirs', () => {
    expect(ofClusters.rotation.answer).toEqual({ status: 202, body: '' });
  });

  it('reaches a healthy cluster without waiting for the others', () => {
    const { requests } = ofClusters.stack.cluster('weu-1').server;
    const written = requests.findLast(({ method }) => method === 'PUT');

    expect(valueAt(ofClusters, 'weu-1')).toBe('during');
    const { at } = ofClusters.rotation;
    expect((written?.at ?? Infinity) - at).toBeLessThan(ofClusters.answeredAfterMs);
  });

  it('leaves one message and one row for each cluster that does not answer', async () => {
    const { storage } = ofClusters.stack;
    const rows = await rowsOf(storage, 'Targets');
    const states = rows.map((row) => [row['partitionKey'], row['state'], row['code']]);

    expect(await queueLength(storage, 'push')).toBe(2);
    expect(states).toContainEqual(['neu-1', 'pending', 'CLUSTER_UNREACHABLE']);
    expect(states).toContainEqual(['sea-1', 'pending', 'CLUSTER_TIMEOUT']);
    expect(states).toContainEqual(['weu-1', 'synced', 'DELIVERED']);
  });

  it('arrives by itself when the clusters are back', async () => {
    const { stack, rotation } = ofClusters;
    await stack.cluster('neu-1').server.up();
    stack.cluster('sea-1').server.clearFaults();

    for (const cluster of ['neu-1', 'sea-1'])
      await eventually(() => valueAt(ofClusters, cluster) === 'during', WAIT_MS);
    await expect.poll(() => queueLength(stack.storage, 'push'), { timeout: 10_000 }).toBe(0);
    // The second attempt, or the third where the clusters were not back in time for that one.
    const arrived = await eventually(() => {
      const told = stack
        .lines()
        .filter(({ eventId, code }) => eventId === rotation.eventId && code === 'DELIVERED');
      const retried = told.filter(({ attempt = 1 }) => attempt > 1);
      return retried.length === 2 ? retried : undefined;
    });
    expect(new Set(arrived.map(({ cluster }) => cluster))).toEqual(new Set(['neu-1', 'sea-1']));
  }, 90_000);
});

describe('an event', () => {
  it('an event that finds no registry is acknowledged, and arrives when the tables are back', async () => {
    const { stack, rotation } = ofTables;
    expect(rotation.answer.status).toBe(202);
    expect(valueWithoutTables).toBe('before');

    await eventually(() => valueAt(ofTables, 'weu-1') === 'during', WAIT_MS);
    expect(await stack.outcomes(rotation.eventId, 2)).toContainEqual(
      expect.objectContaining({ code: 'REGISTRY_UNAVAILABLE', attempt: 1 }),
    );
  }, 40_000);

  it('an event that finds no queue for what failed is refused, and arrives when it is delivered again', async () => {
    const { stack } = ofTables;
    const { tables, queues } = stack.storage;
    await Promise.all([tables.down(), queues.down()]);
    const { answer, event } = await stack.rotate(SECRET, 'redelivered');
    expect(answer.status).toBe(500);
    expect(valueAt(ofTables, 'weu-1')).toBe('during');

    await Promise.all([tables.up(), queues.up()]);
    expect((await stack.deliver([event])).status).toBe(202);
    expect(valueAt(ofTables, 'weu-1')).toBe('redelivered');
  });
});

describe('a message that was given up', () => {
  it('a message that was given up becomes a problem that people see, and an alert line', async () => {
    const { stack } = ofTables;
    const target = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
    const work = { vault: 'team', secret: SECRET, cause: 'poisoned', since: Date.now(), attempt: 7 };
    await sendMessage(stack.storage, 'push-poison', { kind: 'target', ...work, ...target });

    expect(await stack.outcomes('poisoned')).toMatchObject([{ code: 'GAVE_UP', level: 'error', ...target }]);
    const states = async () => (await rowsOf(stack.storage, 'Targets')).map(({ state }) => state);
    await expect.poll(states, { timeout: 10_000 }).toEqual(['failed']);
  });
});
