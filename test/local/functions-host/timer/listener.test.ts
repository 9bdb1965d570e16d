import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAzurite } from '../../azurite/storage.ts';
import type { LocalStorage } from '../../azurite/storage.ts';
import { startHost } from '../client.ts';
import type { RunningHost } from '../client.ts';
import { buildSampleApp } from '../sample/build.ts';
import type { SampleApp } from '../sample/build.ts';

const PATIENT = { timeout: 15_000 };
let storage: LocalStorage;
let app: SampleApp;
const hosts: RunningHost[] = [];

beforeAll(async () => {
  app = await buildSampleApp({ maxPollingInterval: '00:00:01' });
  storage = await startAzurite();
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.kill()));
  await leases().deleteIfExists();
});
afterAll(async () => {
  await app.remove();
  await storage.stop();
});

const leases = () =>
  QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient(
    'azure-webjobs-timers-tick',
  );

async function aHost(schedule: string): Promise<RunningHost> {
  const env = { AzureWebJobsStorage: storage.connectionString, WORK_QUEUE: 'work', TICK: schedule };
  const host = await startHost({ app: app.dir, env });
  hosts.push(host);
  return host;
}

interface Tick {
  timer: { isPastDue: boolean; scheduleStatus?: { last: string; next: string } };
}

const ticks = (host: RunningHost) =>
  host.lines.filter((line) => line.startsWith('{"fn":"tick"')).map((line) => JSON.parse(line) as Tick);

/** What the last holder of the lease left behind. */
async function leaveStatus(status: { next: string; schedule: string }): Promise<void> {
  await leases().create();
  const text = JSON.stringify({
    last: '2026-01-01T00:00:00.000Z',
    lastUpdated: '2026-01-01T00:00:00.000Z',
    ...status,
  });
  await leases().sendMessage(text, { messageTimeToLive: -1 });
}

async function storedStatus(): Promise<{ next: string; schedule: string } | undefined> {
  const { peekedMessageItems } = await leases().peekMessages();
  return peekedMessageItems.map(
    ({ messageText }) => JSON.parse(messageText) as { next: string; schedule: string },
  )[0];
}

const HOURLY = '0 0 * * * *';
const YEARLY = '0 0 0 1 1 *';

describe('timers', () => {
  it('run on their schedule, again and again, never past due', async () => {
    const host = await aHost('* * * * * *');
    await expect.poll(() => ticks(host).length, PATIENT).toBeGreaterThanOrEqual(3);
    expect(ticks(host).map(({ timer }) => timer.isPastDue)).not.toContain(true);
  });

  it('run on one host at a time, and on another one when it stops', async () => {
    const [one, two] = [await aHost('* * * * * *'), await aHost('* * * * * *')];
    await expect.poll(() => ticks(one).length, PATIENT).toBeGreaterThanOrEqual(3);
    expect(ticks(two)).toEqual([]);
    expect(await one.stop()).toBe(0);
    await expect.poll(() => ticks(two).length, PATIENT).toBeGreaterThanOrEqual(1);
  });

  it('run at once, past due, when no host was there at the time', async () => {
    await leaveStatus({ schedule: HOURLY, next: '2026-01-01T01:00:00.000Z' });
    const host = await aHost(HOURLY);
    await expect.poll(() => ticks(host), PATIENT).toHaveLength(1);
    expect(ticks(host)).toMatchObject([
      { timer: { isPastDue: true, scheduleStatus: { next: '2026-01-01T01:00:00.000Z' } } },
    ]);
  });

  it('wait for the next time when the schedule has changed', async () => {
    await leaveStatus({ schedule: HOURLY, next: '2026-01-01T01:00:00.000Z' });
    const host = await aHost(YEARLY);
    await expect.poll(storedStatus, PATIENT).toBeUndefined();
    expect(await host.stop()).toBe(0);
    expect(await storedStatus()).toMatchObject({ schedule: YEARLY });
    expect(ticks(host)).toEqual([]);
  });

  it('remember on the storage when they ran', async () => {
    await leaveStatus({ schedule: HOURLY, next: '2026-01-01T01:00:00.000Z' });
    const first = await aHost(HOURLY);
    await expect.poll(() => ticks(first), PATIENT).toHaveLength(1);
    expect(await first.stop()).toBe(0);
    const { next } = (await storedStatus()) ?? { next: '' };
    expect(Date.parse(next)).toBeGreaterThan(Date.now());
  });
});
