import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { anEvent, begun, finished, PATIENT, saidBy, useSampleApp } from '../fixture.ts';
import { SHUTTING_DOWN, takeRole } from '../../stack/roles.ts';
import type { RunningHost } from '../client.ts';

const { scene, storage } = useSampleApp({ maxPollingInterval: '00:00:01', visibilityTimeout: '00:00:01' });

afterEach(async () => {
  storage().queues.clearFaults();
  await storage().queues.up();
});

const forbid = (queue: string): (() => void) => takeRole(storage(), queue);

const ONE = { HOST_GROUPS: 'one' };
const saysSo = (host: RunningHost): boolean => host.lines.some((line) => line.startsWith(SHUTTING_DOWN));
const deliverOne = (host: RunningHost) => host.deliver('onEvent', [anEvent('e')]);

describe('a queue that answers 403', { timeout: 60_000 }, () => {
  it('ends the host, where all functions share one: exit code 0, after the sentence', async () => {
    const { host: start, queue } = await scene(onTestFinished);
    const host = await start(ONE);
    forbid(queue().name);
    expect(await host.exited).toBe(0);
    expect(saysSo(host)).toBe(true);
  });

  it('keeps such a host from getting ready when it is there at the start', async () => {
    const { host: start, queue } = await scene(onTestFinished);
    forbid(queue().name);
    await expect(start(ONE)).rejects.toThrow(`ended before it was ready:\n${SHUTTING_DOWN}`);
  });

  it('ends only the group of its function on Flex Consumption: events are answered 202 through it', async () => {
    const { host: start, queue } = await scene(onTestFinished);
    const host = await start();
    forbid(queue().name);
    await expect.poll(() => saysSo(host), PATIENT).toBe(true);
    expect(await deliverOne(host)).toMatchObject({ status: 202 });
  });

  it('ends the group although its function is at work, and the message comes back at the end of its lease', async () => {
    const { host: start, queue, send } = await scene(onTestFinished);
    const host = await start({
      HOST_QUEUE_LEASE_SECONDS: '3',
      HOST_DRAIN_SECONDS: '0.5',
      HOST_RESTART_SECONDS: '1',
    });
    await send({ sleepMs: 4000 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    const allow = forbid(queue().name);
    await expect.poll(() => saysSo(host), PATIENT).toBe(true);
    await expect
      .poll(() => saidBy(host, 'hook').filter((line) => 'terminated' in line), PATIENT)
      .toHaveLength(1);
    allow();
    await expect.poll(() => finished(host), PATIENT).toHaveLength(1);
    expect(begun(host).map(({ triggerMetadata }) => triggerMetadata)).toMatchObject([
      { dequeueCount: 1 },
      { dequeueCount: 2 },
    ]);
  });

  it('is served by the next instance of the group once the role is there', async () => {
    const { host: start, queue, send } = await scene(onTestFinished);
    const host = await start({ HOST_RESTART_SECONDS: '1' });
    const allow = forbid(queue().name);
    await expect.poll(() => saysSo(host), PATIENT).toBe(true);
    await send({ n: 1 }).catch(() => undefined);
    allow();
    await send({ n: 2 });
    await expect.poll(() => finished(host).map((line) => line['finished']), PATIENT).toContainEqual({ n: 2 });
  });
});

describe('a queue service that is away', { timeout: 60_000 }, () => {
  it('ends the host when it does not answer for the 24 seconds of the storage client', async () => {
    const { host: start } = await scene(onTestFinished);
    const host = await start({ ...ONE, HOST_OUTAGE_SECONDS: '2' });
    await storage().queues.down();
    expect(await host.exited).toBe(0);
    expect(saysSo(host)).toBe(true);
  });

  it('is not noticed when it answers again before', async () => {
    const { host: start, send } = await scene(onTestFinished);
    const host = await start(ONE);
    await storage().queues.down();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await storage().queues.up();
    await send({ n: 3 });
    await expect.poll(() => finished(host), PATIENT).toHaveLength(1);
    expect(saysSo(host)).toBe(false);
  });

  it('ends no host when it answers that it cannot now', async () => {
    const { host: start, send } = await scene(onTestFinished);
    const host = await start({ ...ONE, HOST_OUTAGE_SECONDS: '1' });
    const { length } = storage().queues.requests;
    const stop = storage().queues.inject({ fault: { kind: 'status', status: 503 } });
    await expect.poll(() => storage().queues.requests.length - length, PATIENT).toBeGreaterThan(10);
    stop();
    await send({ n: 4 });
    await expect.poll(() => finished(host), PATIENT).toHaveLength(1);
    expect(saysSo(host)).toBe(false);
  });

  it('takes a message with it whose end cannot be told: the message comes back', async () => {
    const { host: start, send } = await scene(onTestFinished);
    const host = await start({
      HOST_OUTAGE_SECONDS: '1',
      HOST_RESTART_SECONDS: '1',
      HOST_QUEUE_LEASE_SECONDS: '6',
    });
    await send({ sleepMs: 500 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    await storage().queues.down();
    await expect.poll(() => saysSo(host), PATIENT).toBe(true);
    await storage().queues.up();
    await expect.poll(() => begun(host), PATIENT).toHaveLength(2);
  });
});
