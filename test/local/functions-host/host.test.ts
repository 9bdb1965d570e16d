import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startHost } from './client.ts';
import { anEvent, begun, finished, PATIENT, saidBy, useSampleApp, YEARLY } from './fixture.ts';
import type { RunningHost } from './client.ts';

const { scene, storage } = useSampleApp({ maxPollingInterval: '00:00:01' });

const functionsOf = (host: RunningHost): string[] =>
  (JSON.parse(host.lines.find((line) => line.startsWith('{"ready"')) ?? '{}') as { functions: string[] })
    .functions;
const complaint = (host: RunningHost): string | undefined =>
  host.lines.find((line) => line.startsWith('Error indexing method'));
const isServed = (host: RunningHost): Promise<boolean> =>
  host.http('/api/items/1').then(
    () => true,
    () => false,
  );

describe('a host that starts', () => {
  it('indexes the functions of the project', async () => {
    const host = await startHost({
      env: {
        AzureWebJobsStorage: storage().connectionString,
        RECONCILE_SCHEDULE: YEARLY,
        'AzureWebJobs.reconcile-timer.Disabled': 'false',
      },
    });
    onTestFinished(() => host.kill());
    expect(functionsOf(host).toSorted()).toEqual([
      'gave-up-push',
      'gave-up-reconcile',
      'gave-up-vault-events',
      'health',
      'metrics',
      'on-vault-event',
      'on-vault-event-queue',
      'owners-status',
      'push-retry',
      'reconcile-shard',
      'reconcile-timer',
      'status',
    ]);
  });

  it('leaves out a function with a setting that is missing, and no other', async () => {
    const { host: start } = await scene(onTestFinished);
    const host = await start({ 'AzureWebJobs.tick.Disabled': 'false', TICK: undefined });
    expect(functionsOf(host)).not.toContain('tick');
    expect(complaint(host)).toBe(
      "Error indexing method 'Functions.tick': '%TICK%' does not resolve to a value.",
    );
    expect(await host.deliver('onEvent', [anEvent('a')])).toMatchObject({ status: 202 });
  });

  it('leaves out a timer whose schedule has tabs between its fields, and calls itself well', async () => {
    const { host: start } = await scene(onTestFinished);
    const host = await start({ 'AzureWebJobs.tick.Disabled': 'false', TICK: '0\t0\t12\t*\t*\t*' });
    expect(functionsOf(host)).not.toContain('tick');
    expect(complaint(host)).toMatch(/^Error indexing method 'Functions\.tick'/);
    const headers = { 'x-functions-key': host.keys.master };
    expect(await (await host.http('/admin/host/status', { headers })).json()).toMatchObject({
      state: 'Running',
    });
  });

  it('leaves out a function that is disabled by its setting', async () => {
    const { host: start } = await scene(onTestFinished);
    const host = await start({ 'AzureWebJobs.onEvent.Disabled': 'true' });
    expect(await host.deliver('onEvent', [])).toMatchObject({ status: 404 });
  });

  it('ends when the app cannot be loaded', async () => {
    const start = startHost({ app: '/nowhere', env: {} });
    await expect(start).rejects.toThrow('ended before it was ready');
  });
});

describe('a host that is drained by the platform', () => {
  it('finishes its work, takes no message more, and still answers events by 202', async () => {
    const { host: start, send, left } = await scene(onTestFinished);
    const host = await start();
    await send({ sleepMs: 1000 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    const headers = { 'x-functions-key': host.keys.master };
    expect((await host.http('/admin/host/drain', { method: 'POST', headers })).status).toBe(202);
    await expect.poll(() => finished(host), PATIENT).toHaveLength(1);
    await send({ n: 2 });
    expect(await host.deliver('onEvent', [anEvent('a')])).toMatchObject({ status: 202 });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect([begun(host).length, await left()]).toEqual([1, 1]);
  });
});

describe('a host that gets SIGTERM', { timeout: 60_000 }, () => {
  const goodbyes = (host: RunningHost) => saidBy(host, 'hook').filter((line) => 'terminated' in line);

  it('closes its port at once, finishes its work, runs the hooks of the end, and exits with 0', async () => {
    const { host: start, send, left } = await scene(onTestFinished);
    const host = await start();
    await send({ sleepMs: 6000 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    const stopped = host.stop();
    await expect.poll(() => isServed(host), PATIENT).toBe(false);
    expect(finished(host)).toEqual([]);
    expect(await stopped).toBe(0);
    expect(finished(host)).toHaveLength(1);
    expect(goodbyes(host)).toHaveLength(2);
    expect(await left()).toBe(0);
  });

  it('gives queue work 10.2 seconds, and ends without it then', async () => {
    const { host: start, send, left } = await scene(onTestFinished);
    const host = await start({ HOST_DRAIN_SECONDS: '1' });
    await send({ sleepMs: 60_000 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    expect(await host.stop()).toBe(0);
    expect([finished(host), goodbyes(host).length]).toEqual([[], 2]);
    expect(await left()).toBe(1);
  });

  it('gives more time, 20 seconds, to work beside a request that is being answered', async () => {
    const { host: start, send } = await scene(onTestFinished);
    // Twice the drain, where only the queue would have once.
    const host = await start({ HOST_GROUPS: 'one', HOST_DRAIN_SECONDS: '3' });
    await send({ sleepMs: 4500 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    const request = host.http('/api/process?sleepMs=4500');
    await expect.poll(() => saidBy(host, 'process'), PATIENT).toHaveLength(1);
    expect(await host.stop()).toBe(0);
    expect((await request).status).toBe(200);
    expect(finished(host)).toHaveLength(1);
  });
});

/** A process that has ended, but that nobody has asked after, is still in the table. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a host that is killed', () => {
  it('dies with all its processes', async () => {
    const { host: start, send } = await scene(onTestFinished);
    const host = await start();
    await send({ sleepMs: 60_000 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    const worker = Number(begun(host)[0]?.['pid']);
    await host.kill();
    await expect.poll(() => [host.pid, worker].map(lives), PATIENT).toEqual([false, false]);
  });
});
