import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, begun, PATIENT, saidBy, useSampleApp } from '../fixture.ts';
import type { RunningHost } from '../client.ts';

const { scene } = useSampleApp({ maxPollingInterval: '00:00:01' });
const ends: (() => Promise<void>)[] = [];
let host: RunningHost;

beforeAll(async () => {
  const { host: start } = await scene((end) => ends.push(end));
  host = await start({ 'AzureWebJobs.tick.Disabled': 'false' });
});
afterEach(() => {
  host.lines.length = 0;
});
afterAll(() => Promise.all(ends.map((end) => end())));

const JSON_TYPE = 'application/json';

const post = (name: string, { key = host.keys.master, type = JSON_TYPE, body = '{}' } = {}) =>
  host.http(`/admin/functions/${name}`, {
    method: 'POST',
    headers: { 'content-type': type, 'x-functions-key': key },
    body,
  });

describe('the administration API', () => {
  it('says that the host runs', async () => {
    const headers = { 'x-functions-key': host.keys.master };
    expect(await (await host.http('/admin/host/status', { headers })).json()).toMatchObject({
      state: 'Running',
    });
  });

  it.each([
    ['no key', '', 401],
    ['a wrong key', 'wrong', 401],
    ['the key of functions', 'the-function-key', 403],
  ])('lets nobody in who brings %s', async (_, key, status) => {
    expect((await post('tick', { key })).status).toBe(status);
    expect((await host.http('/admin/host/status', { headers: { 'x-functions-key': key } })).status).toBe(
      status,
    );
    expect(saidBy(host, 'tick')).toEqual([]);
  });

  it('takes nothing but JSON: 415', async () => {
    expect((await post('work', { type: 'text/plain' })).status).toBe(415);
  });

  it('knows no function that the app lacks: 404', async () => {
    expect(await host.run('nobody')).toBe(404);
  });
});

describe('a function that is run by hand', () => {
  it('is a timer with the status that storage keeps: 202', async () => {
    const stored = () => saidBy(host, 'tick').flatMap(({ timer }) => timer ?? []);
    expect(await host.run('tick')).toBe(202);
    await expect.poll(stored, PATIENT).toHaveLength(1);
    const scheduleStatus = { next: `${new Date().getUTCFullYear() + 1}-01-01T00:00:00.000Z` };
    expect(stored()).toMatchObject([{ isPastDue: false, schedule: { adjustForDST: true }, scheduleStatus }]);
  });

  it('is a queue function without id and pop receipt, dequeued no time', async () => {
    expect(await host.run('work', { n: 1 })).toBe(202);
    await expect.poll(() => begun(host), PATIENT).toMatchObject([{ message: { n: 1 } }]);
    const [{ triggerMetadata } = {}] = begun(host);
    expect(triggerMetadata).toMatchObject({ dequeueCount: 0, queueTrigger: { n: 1 } });
    expect(Object.keys(triggerMetadata as object)).not.toContain('id');
    expect(Object.keys(triggerMetadata as object)).not.toContain('popReceipt');
  });

  it('is an event function with one event', async () => {
    expect(await host.run('onEvent', anEvent('by hand'))).toBe(202);
    await expect.poll(() => saidBy(host, 'onEvent')[0], PATIENT).toMatchObject({ event: anEvent('by hand') });
  });
});
