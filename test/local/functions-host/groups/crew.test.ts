import { describe, expect, it, onTestFinished } from 'vitest';
import { anEvent, begun, finished, PATIENT, saidBy, useSampleApp } from '../fixture.ts';
import type { RunningHost } from '../client.ts';

const { scene } = useSampleApp({ maxPollingInterval: '00:00:01', visibilityTimeout: '00:00:01' });
const FAILED = { status: 500, body: 'Exception while executing function: Functions.onEvent' };
const ONE = { HOST_GROUPS: 'one' };

const crash = (host: RunningHost) => host.deliver('onEvent', [anEvent('crash', { crash: true })]);
const has = (host: RunningHost, beginning: string): boolean =>
  host.lines.some((line) => line.startsWith(beginning));

async function pidOf(host: RunningHost): Promise<number> {
  const response = await host.http('/api/process');
  return ((await response.json()) as { pid: number }).pid;
}

describe('a worker that crashes', { timeout: 60_000 }, () => {
  it('fails all that it was working on at once, and the host lives on with another', async () => {
    const { host: start, send } = await scene(onTestFinished);
    const host = await start(ONE);
    const before = await pidOf(host);
    await send({ sleepMs: 20_000 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    const slow = host.deliver('onEvent', [anEvent('slow', { sleepMs: 20_000 })]);
    await expect.poll(() => saidBy(host, 'onEvent'), PATIENT).toHaveLength(1);

    expect(await crash(host)).toEqual(FAILED);
    expect(await slow).toEqual(FAILED);
    expect(await pidOf(host)).not.toBe(before);
    // Back after visibilityTimeout, not at the end of its lease of ten minutes.
    await expect.poll(() => begun(host), PATIENT).toHaveLength(2);
    expect(has(host, `Language Worker Process exited. Pid=${before}.`)).toBe(true);
  });

  it('ends its host at the third time', async () => {
    const { host: start } = await scene(onTestFinished);
    const host = await start(ONE);
    for (let times = 0; times < 3; times += 1) await crash(host).catch(() => undefined);
    expect(await host.exited).toBe(0);
    expect(has(host, 'Exceeded language worker restart retry count for runtime:node.')).toBe(true);
  });

  it('ends only its group at the third time on Flex Consumption, and the next instance serves', async () => {
    const { host: start, send } = await scene(onTestFinished);
    const host = await start({ HOST_RESTART_SECONDS: '1' });
    for (let times = 0; times < 3; times += 1) await crash(host);
    await send({ n: 1 });
    await expect.poll(() => finished(host), PATIENT).toHaveLength(1);
    expect(await host.deliver('onEvent', [anEvent('after')])).toMatchObject({ status: 202 });
  });
});

describe('functionTimeout', { timeout: 60_000 }, () => {
  const limit = (time: string) => ({ ...ONE, AzureFunctionsJobHost__functionTimeout: time });
  const RESTART = 'A function timeout has occurred. Restarting worker process';
  const restarts = (host: RunningHost): number =>
    host.lines.filter((line) => line.startsWith(RESTART)).length;

  it('fails the invocation that exceeds it and restarts the worker two seconds later', async () => {
    const { host: start } = await scene(onTestFinished);
    const host = await start(limit('00:00:01'));
    const before = await pidOf(host);
    expect(await host.deliver('onEvent', [anEvent('slow', { sleepMs: 30_000 })])).toEqual(FAILED);
    expect(has(host, "Timeout value of 00:00:01 exceeded by function 'Functions.onEvent'.")).toBe(true);
    expect(restarts(host)).toBe(1);
    expect(await pidOf(host)).not.toBe(before);
  });

  it('spares the worker when the invocation ends within those two seconds, and fails it all the same', async () => {
    const { host: start } = await scene(onTestFinished);
    const host = await start(limit('00:00:01'));
    const before = await pidOf(host);
    expect(await host.deliver('onEvent', [anEvent('late', { sleepMs: 1800 })])).toEqual(FAILED);
    expect([restarts(host), await pidOf(host)]).toEqual([0, before]);
  });

  it('loses everything else in flight, which the host notices at its own timeout, with another restart', async () => {
    const { host: start, send } = await scene(onTestFinished);
    const host = await start(limit('00:00:08'));
    const slow = host.deliver('onEvent', [anEvent('slow', { sleepMs: 30_000 })]);
    await expect.poll(() => saidBy(host, 'onEvent'), PATIENT).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await send({ sleepMs: 6000 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    expect(await slow).toEqual(FAILED);
    // It would have ended before its own timeout, had its worker lived.
    await expect.poll(() => restarts(host), PATIENT).toBe(2);
    await expect.poll(() => begun(host), PATIENT).toHaveLength(2);
    expect(begun(host)[1]).toMatchObject({ triggerMetadata: { dequeueCount: 2 } });
    await expect.poll(() => finished(host), PATIENT).toHaveLength(1);
  });
});
