import { QueueServiceClient } from '@azure/storage-queue';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { PATIENT, saidBy, useSampleApp, YEARLY } from '../fixture.ts';
import type { RunningHost } from '../client.ts';

const { scene, storage } = useSampleApp({ maxPollingInterval: '00:00:01' });
const EVERY_SECOND = '* * * * * *';
const HOURLY = '0 0 * * * *';

/** What stands for the blobs of the timer `tick`: all hosts on this storage share it. */
const blobs = () =>
  QueueServiceClient.fromConnectionString(storage().connectionString).getQueueClient(
    'azure-webjobs-timers-tick',
  );

afterEach(async () => {
  await blobs().deleteIfExists();
});

async function start(TICK: string, env: Record<string, string> = {}): Promise<RunningHost> {
  const { host } = await scene(onTestFinished);
  return host({ TICK, 'AzureWebJobs.tick.Disabled': 'false', ...env });
}

interface Tick {
  isPastDue: boolean;
  scheduleStatus?: { last: string; next: string };
}

const ticks = (host: RunningHost): Tick[] =>
  saidBy(host, 'tick').flatMap(({ timer }) => (timer === undefined ? [] : [timer as Tick]));

type Status = Record<'last' | 'next' | 'lastUpdated' | 'schedule', string>;

/** What the last holder of the lock left behind. */
async function leaveStatus(schedule: string, next: Date): Promise<void> {
  const last = '2026-01-01T00:00:00.000Z';
  const status: Status = { last, lastUpdated: last, next: next.toISOString(), schedule };
  await blobs().create({ metadata: { status: Buffer.from(JSON.stringify(status)).toString('base64') } });
  await blobs().sendMessage('lock', { messageTimeToLive: -1 });
}

async function storedStatus(): Promise<Status | undefined> {
  const { metadata } = await blobs().getProperties();
  const encoded = metadata?.['status'];
  return encoded === undefined
    ? undefined
    : (JSON.parse(Buffer.from(encoded, 'base64').toString()) as Status);
}

const isHeld = async (): Promise<boolean> => (await blobs().peekMessages()).peekedMessageItems.length === 0;

describe('a timer', { timeout: 60_000 }, () => {
  it('runs on its schedule, again and again, never past due', async () => {
    const host = await start(EVERY_SECOND);
    await expect.poll(() => ticks(host).length, PATIENT).toBeGreaterThanOrEqual(3);
    expect(ticks(host).map(({ isPastDue }) => isPastDue)).not.toContain(true);
  });

  it('never overlaps: what becomes due during a run, is run once after it', async () => {
    const host = await start(EVERY_SECOND, { TICK_MS: '2500' });
    await expect.poll(() => ticks(host).length, PATIENT).toBeGreaterThanOrEqual(4);
    const kinds = saidBy(host, 'tick').map((line) => ('ended' in line ? 'end' : 'start'));
    expect(kinds.slice(0, 7)).toEqual(['start', 'end', 'start', 'end', 'start', 'end', 'start']);
  });

  it('runs at once and past due when a host starts 1.4 seconds after it was due', async () => {
    await leaveStatus(HOURLY, new Date(Date.now() - 1400));
    const host = await start(HOURLY);
    await expect.poll(() => ticks(host), PATIENT).toHaveLength(1);
    expect(ticks(host)).toMatchObject([{ isPastDue: true }]);
  });

  it('tells its function when it was to run', async () => {
    const next = new Date('2026-01-01T01:00:00.000Z');
    await leaveStatus(HOURLY, next);
    const host = await start(HOURLY);
    await expect
      .poll(() => ticks(host), PATIENT)
      .toMatchObject([{ scheduleStatus: { next: next.toISOString() } }]);
  });

  it('waits for the next time when its schedule has changed', async () => {
    await leaveStatus(HOURLY, new Date('2026-01-01T01:00:00.000Z'));
    const host = await start(YEARLY);
    await expect.poll(storedStatus, PATIENT).toMatchObject({ schedule: YEARLY });
    expect(await host.stop()).toBe(0);
    expect(ticks(host)).toEqual([]);
  });

  it('leaves on storage when it runs next', async () => {
    await leaveStatus(HOURLY, new Date('2026-01-01T01:00:00.000Z'));
    const host = await start(HOURLY);
    await expect.poll(() => ticks(host), PATIENT).toHaveLength(1);
    await expect
      .poll(async () => Date.parse((await storedStatus())?.next ?? ''), PATIENT)
      .toBeGreaterThan(Date.now());
  });
});

describe('the lock of a timer', { timeout: 60_000 }, () => {
  const SHORT = { HOST_TIMER_LOCK_SECONDS: '3' };

  it('is held for 60 seconds at a time: within those, another host has it after its holder ended', async () => {
    await start(YEARLY);
    await expect.poll(isHeld, PATIENT).toBe(true);
    const asked = storage().queues.requests.filter(
      ({ method, path }) => method === 'GET' && path.endsWith('/azure-webjobs-timers-tick/messages'),
    );
    expect(asked.map(({ query }) => new URLSearchParams(query).get('visibilitytimeout'))).toContain('60');
  });

  it('keeps a second host of the same storage from running', async () => {
    const one = await start(EVERY_SECOND, SHORT);
    await expect.poll(() => ticks(one).length, PATIENT).toBeGreaterThanOrEqual(1);
    const two = await start(EVERY_SECOND, SHORT);
    // Longer than the lock would last if nobody renewed it.
    await expect.poll(() => ticks(one).length, PATIENT).toBeGreaterThanOrEqual(6);
    expect(ticks(two)).toEqual([]);
  });

  it('is not given back by a host that stops: another one runs only when it has ended', async () => {
    const one = await start(EVERY_SECOND, { HOST_TIMER_LOCK_SECONDS: '9' });
    await expect.poll(() => ticks(one).length, PATIENT).toBeGreaterThanOrEqual(1);
    expect(await one.stop()).toBe(0);
    expect(await isHeld()).toBe(true);
    const two = await start(EVERY_SECOND, SHORT);
    await expect.poll(() => ticks(two).length, PATIENT).toBeGreaterThanOrEqual(1);
  });

  it('ends by itself when its host was killed', async () => {
    const one = await start(EVERY_SECOND, SHORT);
    await expect.poll(() => ticks(one).length, PATIENT).toBeGreaterThanOrEqual(1);
    await one.kill();
    const two = await start(EVERY_SECOND, SHORT);
    await expect.poll(() => ticks(two).length, PATIENT).toBeGreaterThanOrEqual(1);
  });
});

describe('a timer whose storage refuses the lock', { timeout: 60_000 }, () => {
  it('is said not to have started, and starts when it may; all others run', async () => {
    const forbid = () =>
      storage().queues.inject({
        fault: { kind: 'status', status: 403 },
        when: ({ path }) => path.includes('azure-webjobs-timers'),
      });
    const allow = forbid();
    const host = await start(EVERY_SECOND);
    const SENTENCE = "The listener for function 'Functions.tick' was unable to start.";
    await expect.poll(() => host.lines, PATIENT).toContain(SENTENCE);
    expect(await host.deliver('onEvent', [])).toMatchObject({ status: 202 });
    allow();
    await expect.poll(() => ticks(host).length, PATIENT).toBeGreaterThanOrEqual(1);
  });
});
