import { QueueClient } from '@azure/storage-queue';
import { expect } from 'vitest';
import { eventually } from '../local/stack/eventually.ts';
import type { RunningHost } from '../local/functions-host/client.ts';
import type { LoggedRequest } from '../local/network/https-server.ts';
import { takeRole } from '../local/stack/roles.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { closeBackOff, queueLength, rowsOf } from '../local/stack/storage.ts';
import { applyTenancy, valueIn } from '../local/stack/tenancy.ts';
import { armKill } from './kill.ts';
import type { KillPoint } from './kill.ts';

const SICK = 'neu-1';
/** A bound only, for a machine that is busy with other things. */
const WAIT_MS = 180_000;

/** One piece of work that an instance may die of. Every run of it is about a secret and a target of its own. */
export interface Scenario {
  name: string;
  /** Whether the target stands in the clusters already, one version older. */
  exists: boolean;
  /** An event, or a message of the queue about one target. */
  by: 'event' | 'message';
  /** Whether one of the two clusters is down until the work has been done again. */
  sick: boolean;
  /** Whether the app has no role on the queue that such a cluster needs, until the event comes for the third time. */
  roleless: boolean;
}

const usual = { exists: true, by: 'event', sick: false, roleless: false } as const;
export const SCENARIOS: readonly Scenario[] = [
  { ...usual, name: 'an event that creates Secrets', exists: false },
  { ...usual, name: 'an event that updates Secrets' },
  { ...usual, name: 'an event while a cluster is down', sick: true },
  { ...usual, name: 'an event that cannot be queued', sick: true, roleless: true },
  { ...usual, name: 'a retry that succeeds', by: 'message' },
  { ...usual, name: 'a retry that fails again', by: 'message', sick: true },
];

export async function startCrashStack(): Promise<Stack> {
  // Messages of an instance that died come back after two seconds instead of ten minutes.
  const env = { HOST_QUEUE_LEASE_SECONDS: '2', HOST_RESTART_SECONDS: '1' };
  const stack = await startStack({ clusters: ['weu-1', SICK], env });
  await applyTenancy(stack);
  return stack;
}

/** One run of a scenario. */
interface Run extends Scenario {
  stack: Stack;
  target: string;
  secret: string;
  point: KillPoint;
}

let runs = 0;

/**
 * Does the work, kills its instance at that point, has it done again by a new one, and expects the right end. Returns what
 * the instance died of; undefined when the work ended before.
 */
export async function crashAt(
  stack: Stack,
  scenario: Scenario,
  point: KillPoint,
): Promise<string | undefined> {
  runs += 1;
  const target = `t-${runs}`;
  const run: Run = { ...scenario, stack, target, secret: `app-1--${target}--password`, point };
  // Else a cluster that was down several times would not be asked any more, and this would be another scenario.
  await closeBackOff(stack.storage, SICK);
  if (run.exists) await deliverBefore(run);
  await closeBackOff(stack.storage, SICK);
  stack.vault.set('team', run.secret, 'after');
  const before = writesOf(run);
  const sent = stack.storage.queues.requests.length;
  if (run.sick) await stack.cluster(SICK).server.down();
  const request = await (run.by === 'event' ? dieOfEvent(run) : dieOfMessage(run));
  if (run.sick) {
    await stack.cluster(SICK).server.up();
    await runWaiting(run, sent);
  }
  await expectTheEnd(run, before);
  return request;
}

/** The older version stands everywhere, and no message waits that the newer one's event could be left to. */
async function deliverBefore({ stack, secret, target }: Run): Promise<void> {
  await stack.rotate(secret, 'before', { host: stack.hosts.length - 1 });
  await eventually(async () => {
    const rows = await rowsAt(stack, target);
    const isQuiet = (await queueLength(stack.storage, 'push')) === 0;
    return isQuiet && rows.length === 2 && rows.every(({ state }) => state === 'synced');
  }, WAIT_MS);
}

const last = ({ hosts }: Stack): RunningHost => {
  const host = hosts.at(-1);
  if (!host) throw new Error('no host runs');
  return host;
};

/** Event Grid got no answer from the one instance and sends the event again, to another. */
async function dieOfEvent({ stack, secret, point, roleless }: Run): Promise<string | undefined> {
  const victim = last(stack);
  const spare = stack.addHost();
  const event = stack.vault.eventFor('team', secret, { schema: 'eventgrid', type: 'new-version' });
  if (roleless) await spare;
  const giveBack = roleless ? takeRole(stack.storage, 'push') : undefined;
  const armed = armKill(stack, victim, point);
  const first = await victim.deliver('on-vault-event', [event]).catch(() => undefined);
  armed.disarm();
  const host = await spare;
  await victim.kill();
  try {
    // Its work is nowhere as long as nothing can be queued.
    if (roleless) expect(first?.status).not.toBe(202);
    if (roleless) expect(await host.deliver('on-vault-event', [event])).toMatchObject({ status: 500 });
  } finally {
    giveBack?.();
  }
  expect(await host.deliver('on-vault-event', [event])).toEqual({ status: 202, body: '' });
  return armed.request();
}

/** The queue shows the message again when nobody has renewed its lease. */
async function dieOfMessage(run: Run): Promise<string | undefined> {
  const { stack, secret, target, point } = run;
  const [cluster] = clustersOf(run);
  const work = { kind: 'target', vault: 'team', secret, cause: target, since: Date.now(), attempt: 2 };
  const message = JSON.stringify({ ...work, cluster, namespace: 'app-1', name: target });
  // Not visible before the trap is set, which must not take this request for one of the instance.
  const text = Buffer.from(message).toString('base64');
  const { messageId } = await pushQueue(stack).sendMessage(text, { visibilityTimeout: 1 });
  const armed = armKill(stack, last(stack), point);
  const isDone = (): boolean =>
    stack.storage.queues.requests.some((one) => isDoneWith(messageId, one)) ||
    (point.moment === 'after' && armed.request()?.includes('DELETE') === true);
  await eventually(() => armed.request() !== undefined || isDone(), WAIT_MS);
  armed.disarm();
  if (armed.request() !== undefined) await stack.addHost();
  await eventually(isDone, WAIT_MS);
  return armed.request();
}

const isDoneWith = (messageId: string, { method, path, status }: LoggedRequest): boolean =>
  method === 'DELETE' && path.includes(messageId) && status === 204;

const pushQueue = ({ storage }: Stack): QueueClient => new QueueClient(storage.connectionString, 'push');

/** What waits would be due in ten seconds and more: it is handled now, and then nothing waits any more. */
async function runWaiting({ stack, point, target }: Run, since: number): Promise<void> {
  const messages = stack.storage.queues.requests.slice(since).flatMap((one) => messageIn(one, point));
  const waiting = messages.filter((message) => message.includes(`"${target}"`));
  expect(waiting.length).toBeGreaterThan(0);
  for (const message of waiting) await last(stack).run('push-retry', message);
  const isSynced = async (): Promise<boolean> =>
    (await rowsAt(stack, target)).every(({ state }) => state === 'synced');
  await eventually(isSynced, WAIT_MS);
  await pushQueue(stack).clearMessages();
}

/** Only of a request that took effect: the last one of an instance may not have. */
function messageIn({ method, path, status, body = '' }: LoggedRequest, { moment }: KillPoint) {
  const tookEffect = status === 201 || (status === 0 && moment === 'after');
  if (method !== 'POST' || !path.endsWith('/push/messages') || !tookEffect) return [];
  const [, encoded = ''] = /<MessageText>([^<]*)</.exec(body) ?? [];
  return [Buffer.from(encoded, 'base64').toString('utf8')];
}

/** An event is about all clusters, a message about one. */
function clustersOf({ by, sick }: Scenario): string[] {
  if (by === 'event') return ['weu-1', SICK];
  return [sick ? SICK : 'weu-1'];
}

function writesOf(run: Run): number[] {
  return clustersOf(run).map((name) => {
    const { create, update, delete: remove } = run.stack.cluster(name).writes;
    return create + update + remove;
  });
}

async function rowsAt({ storage }: Stack, target: string): Promise<Record<string, unknown>[]> {
  const rows = await rowsOf(storage, 'Targets');
  return rows.filter(({ rowKey }) => rowKey === `app-1:${target}`);
}

/** Right, once, and nothing left over. */
async function expectTheEnd(run: Run, before: readonly number[]): Promise<void> {
  const { stack, target } = run;
  const clusters = clustersOf(run);
  const secrets = clusters.map((name) => stack.cluster(name).secret('app-1', target));
  const rows = await rowsAt(stack, target);
  expect(clusters.map((name) => valueIn(stack.cluster(name), 'app-1', target, 'password'))).toEqual(
    clusters.map(() => 'after'),
  );
  expect(writesOf(run)).toEqual(before.map((count) => count + 1));
  for (const [index, name] of clusters.entries())
    expect(rows).toContainEqual(
      expect.objectContaining({
        partitionKey: name,
        state: 'synced',
        resourceVersion: secrets[index]?.metadata.resourceVersion,
      }),
    );
  expect(await queueLength(stack.storage, 'push')).toBe(0);
  expect(stack.lines().filter(({ code }) => code === 'GAVE_UP')).toEqual([]);
}
