import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningHost } from '../local/functions-host/client.ts';
import type { Secret } from '../local/kubernetes/storage/objects.ts';
import type { Rotation } from '../local/stack/events.ts';
import { CLUSTER_SCOPE } from '../local/stack/sites.ts';
import type { Stack } from '../local/stack/start.ts';
import { queueLength, rowsOf } from '../local/stack/storage.ts';
import { routeYaml, valueIn } from '../local/stack/tenancy.ts';
import { unpackEarlierApp } from '../upgrade/earlier-app.ts';
import { ROTATED, startSharedFleet } from '../upgrade/shared-fleet.ts';
import {
  changed,
  delivered,
  linesOf,
  misread,
  patiently,
  poisoned,
  run,
  secretsIn,
} from './way-back-story.ts';

// One story, in the order of the tests: this version, then the deployed package of version 0.1.0 over the same storage,
// vault and clusters, then this version again.
let stack: Stack;
let earlierApp: string;
let earlier: RunningHost;
let late: Rotation;
let left: Map<string, Secret>;

const password = (cluster: string): string | undefined =>
  valueIn(stack.cluster(cluster), 'app-1', 'pg', 'password');

async function statesIn(cluster: string): Promise<Record<string, unknown>> {
  const rows = await rowsOf(stack.storage, 'Targets');
  const own = rows.filter(({ partitionKey }) => partitionKey === cluster);
  return Object.fromEntries(own.map(({ rowKey, state }) => [rowKey, state]));
}

/** This version delivers, meets every state that a row can have, and ends while one write is outstanding. */
async function underThisVersion(): Promise<void> {
  const [host] = stack.hosts;
  if (host === undefined) throw new Error('no host');
  await run(stack, host);
  await stack.vaultcast(['delete', 'route', 'gone', '--yes']);
  stack.vault.disable('team', 'states--disabled--x');
  stack.vault.delete('team', 'leaving--pg--password');
  await run(stack, host);
  await stack.cluster('neu-1').server.down();
  // Some wait for a secret that is not valid yet.
  const waiting = await queueLength(stack.storage, 'push');
  late = await stack.rotate(ROTATED, 'two');
  await patiently(() => password('weu-1') === 'two');
  await patiently(async () => (await queueLength(stack.storage, 'push')) > waiting);
  await host.stop();
}

beforeAll(async () => {
  earlierApp = unpackEarlierApp();
  stack = await startSharedFleet();
  await underThisVersion();
  left = secretsIn(stack);
}, 900_000);
afterAll(async () => {
  await stack.stop();
  rmSync(earlierApp, { recursive: true });
});

it('this version leaves Secrets of every form, rows of every state, and one write that is outstanding', async () => {
  expect(left.size).toBeGreaterThan(30);
  expect(await statesIn('weu-1')).toMatchObject({
    'app-1:pg': 'synced',
    'closed:pg': 'refused',
    'states:disabled': 'degraded',
    'states:future': 'absent',
  });
  expect(await statesIn('neu-1')).toMatchObject({ 'app-1:pg': 'pending' });
  expect([password('weu-1'), password('neu-1')]).toEqual(['two', 'one']);
});

it('version 0.1.0 does nothing with CLUSTER_SCOPES in the form of this version, as the changelog says', async () => {
  const refusing = await stack.addHost({}, earlierApp);
  await refusing.run('reconcile-timer');
  await patiently(() => refusing.lines.some((line) => line.includes('CLUSTER_SCOPES entry')));
  // What waits in the queue would be spent on it.
  await refusing.kill();
  expect(changed(left, secretsIn(stack))).toEqual([]);
});

it('version 0.1.0 takes the outstanding write over', async () => {
  earlier = await stack.addHost({ CLUSTER_SCOPES: CLUSTER_SCOPE }, earlierApp);
  const health = (await (await earlier.http('/api/health')).json()) as object;
  expect(health).toMatchObject({ version: '0.1.0', commit: 'a2ef93b492c6' });
  await stack.cluster('neu-1').server.up();
  expect((await delivered(earlier, late.eventId, 'neu-1')).attempt).toBeGreaterThan(1);
  expect(password('neu-1')).toBe('two');
});

it('version 0.1.0 drops no message and no row, and writes nothing else, though it reads every value anew', async () => {
  await run(stack, earlier);
  await run(stack, earlier, true);
  expect(misread(earlier)).toEqual([]);
  expect(await poisoned(stack)).toBe(0);
  expect(changed(left, secretsIn(stack))).toEqual(['neu-1 app-1/pg']);
});

it('version 0.1.0 goes on delivering', async () => {
  const { eventId } = await stack.rotate(ROTATED, 'three', { host: stack.hosts.indexOf(earlier) });
  for (const cluster of ['weu-1', 'neu-1']) await delivered(earlier, eventId, cluster);
  expect([password('weu-1'), password('neu-1')]).toEqual(['three', 'three']);
});

it('version 0.1.0 takes a document with an option of this version for an invalid row, and touches no Secret', async () => {
  const before = secretsIn(stack);
  await stack.apply(routeYaml('later', { prefix: 'later--', namespaces: ['app-1'], debounce: '5s' }));
  await run(stack, earlier);
  await patiently(() => linesOf(earlier).some(({ code }) => code === 'BAD_ROW'));
  expect(changed(before, secretsIn(stack))).toEqual([]);
  await stack.vaultcast(['delete', 'route', 'later', '--yes']);
});

it('forward again, this version writes no Secret, and reads every row', async () => {
  await earlier.stop();
  const before = secretsIn(stack);
  const host = await stack.addHost();
  await run(stack, host);
  await run(stack, host, true);
  expect(misread(host)).toEqual([]);
  expect(await poisoned(stack)).toBe(0);
  expect(changed(before, secretsIn(stack))).toEqual([]);
  expect(await statesIn('weu-1')).toMatchObject({
    'app-1:pg': 'synced',
    'closed:pg': 'refused',
    'states:disabled': 'degraded',
    'states:future': 'absent',
  });
});
