import { describe, expect, it, onTestFinished } from 'vitest';
import { anEvent, begun, PATIENT, saidBy, useSampleApp } from '../fixture.ts';
import type { RunningHost } from '../client.ts';

const { scene } = useSampleApp({ maxPollingInterval: '00:00:01' });

async function processOf(host: RunningHost): Promise<{ pid: number; execArgv: string[] }> {
  const response = await host.http('/api/process');
  return (await response.json()) as { pid: number; execArgv: string[] };
}

const pidOf = (line: Record<string, unknown> | undefined): unknown => line?.['pid'];

describe('on Flex Consumption', { timeout: 60_000 }, () => {
  it('HTTP and Event Grid functions share a process, and each queue function and timer has one of its own', async () => {
    const { host: start, send } = await scene(onTestFinished);
    const host = await start({ 'AzureWebJobs.tick.Disabled': 'false' });
    await send({ n: 1 });
    await host.run('tick');
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    await expect.poll(() => saidBy(host, 'tick').length, PATIENT).toBeGreaterThan(0);
    const [http, work, tick] = [
      (await processOf(host)).pid,
      pidOf(begun(host)[0]),
      pidOf(saidBy(host, 'tick')[0]),
    ];
    expect(new Set([http, work, tick, host.pid]).size).toBe(4);
    expect((await processOf(host)).pid).toBe(http);
  });

  it('the process of a group is started by its first trigger', async () => {
    const { host: start, send } = await scene(onTestFinished);
    const host = await start();
    // Of a group that was never triggered nothing runs, so nothing of it says goodbye.
    expect(await host.stop()).toBe(0);
    expect(saidBy(host, 'hook')).toHaveLength(1);
    const another = await start();
    await send({ n: 1 });
    await expect.poll(() => begun(another), PATIENT).toHaveLength(1);
    expect(await another.stop()).toBe(0);
    const goodbyes = saidBy(another, 'hook').filter((line) => 'terminated' in line);
    expect(new Set(goodbyes.map(pidOf)).size).toBe(2);
  });

  it('one setting brings all functions into one process, as everywhere else', async () => {
    const { host: start, send } = await scene(onTestFinished);
    const host = await start({ HOST_GROUPS: 'one' });
    await send({ n: 1 });
    await expect.poll(() => begun(host), PATIENT).toHaveLength(1);
    expect(pidOf(begun(host)[0])).toBe((await processOf(host)).pid);
  });
});

describe('a host', { timeout: 60_000 }, () => {
  it('gives its workers the arguments of languageWorkers__node__arguments', async () => {
    const { host: start } = await scene(onTestFinished);
    const host = await start({ languageWorkers__node__arguments: '--max-old-space-size=256 --no-warnings' });
    expect((await processOf(host)).execArgv).toEqual(['--max-old-space-size=256', '--no-warnings']);
  });

  it('writes what a function logs to its own output', async () => {
    const { host: start } = await scene(onTestFinished);
    const host = await start();
    await host.deliver('onEvent', [anEvent('x')]);
    await expect.poll(() => host.lines, PATIENT).toContain('context log of x');
  });
});
