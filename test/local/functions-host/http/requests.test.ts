import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAzurite } from '../../azurite/storage.ts';
import type { LocalStorage } from '../../azurite/storage.ts';
import { startHost } from '../client.ts';
import type { RunningHost } from '../client.ts';
import { buildSampleApp } from '../sample/build.ts';
import type { SampleApp } from '../sample/build.ts';

let storage: LocalStorage;
let app: SampleApp;
let host: RunningHost;

beforeAll(async () => {
  storage = await startAzurite();
  app = await buildSampleApp({ maxPollingInterval: '00:00:01' });
  host = await startHost({
    app: app.dir,
    env: {
      AzureWebJobsStorage: storage.connectionString,
      WORK_QUEUE: 'work',
      TICK: '0 0 0 1 1 *',
      FUNCTIONS_KEY: 'the-key',
    },
  });
});
afterEach(() => {
  host.lines.length = 0;
});
afterAll(async () => {
  await host.kill();
  await app.remove();
  await storage.stop();
});

const said = (fn: string) =>
  host.lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['fn'] === fn);
const anEvent = (id: string, data: object = {}) => ({ id, eventType: 'Sample', subject: 's', data });

describe('Event Grid webhook', () => {
  it('answers the subscription handshake of both schemas', async () => {
    const eventType = 'SubscriptionValidation';
    const answers = [
      await host.deliver('onEvent', [anEvent('1', { validationCode: 'abc' })], { eventType }),
      await host.deliver(
        'onEvent',
        { specversion: '1.0', data: JSON.stringify({ validationCode: 'abc' }) },
        { eventType },
      ),
    ];
    expect(answers).toEqual([1, 2].map(() => ({ status: 200, body: '{"validationResponse":"abc"}' })));
    expect(said('onEvent')).toEqual([]);
  });

  it('answers the CloudEvents handshake', async () => {
    const response = await host.http('/runtime/webhooks/eventgrid?functionName=onEvent', {
      method: 'OPTIONS',
      headers: { 'WebHook-Request-Origin': 'eventgrid.azure.net' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
  });

  it('runs the function once per event and accepts', async () => {
    const answer = await host.deliver('onEvent', [anEvent('a', { Name: 'x' }), anEvent('b')]);
    expect(answer).toEqual({ status: 202, body: '' });
    await expect
      .poll(() => said('onEvent'))
      .toEqual([
        { fn: 'onEvent', event: anEvent('a', { Name: 'x' }), data: { name: 'x' } },
        { fn: 'onEvent', event: anEvent('b'), data: {} },
      ]);
    await expect.poll(() => host.lines).toContain('context log of b');
  });

  it('lets the hooks of the app see the invocation and change a log line', async () => {
    await host.deliver('onEvent', [anEvent('a-password')]);
    await expect.poll(() => host.lines).toContain('context log of a-***');
    await expect
      .poll(() => said('hook'))
      .toEqual([
        { fn: 'hook', before: 'onEvent' },
        { fn: 'hook', after: 'onEvent' },
      ]);
  });

  it('takes one CloudEvent and a batch of them', async () => {
    const cloudEvent = { specversion: '1.0', id: 'c', type: 'Sample', source: '/s', data: {} };
    expect(await host.deliver('onEvent', cloudEvent)).toMatchObject({ status: 202 });
    expect(await host.deliver('onEvent', [cloudEvent, cloudEvent])).toMatchObject({ status: 202 });
    await expect
      .poll(() => said('onEvent').map(({ event }) => event))
      .toEqual([cloudEvent, cloudEvent, cloudEvent]);
  });

  it('reports one failure for the whole batch, after all have run', async () => {
    const answer = await host.deliver('onEvent', [anEvent('d', { fail: 'no luck' }), anEvent('e')]);
    expect(answer).toEqual({ status: 500, body: 'no luck' });
    await expect.poll(() => said('onEvent')).toHaveLength(2);
  });

  it.each([
    ['onEvent', 'Unsubscribe', 202],
    ['onEvent', 'Anything', 400],
    ['nobody', 'Notification', 404],
    ['tick', 'Notification', 404],
  ])('answers %s with event type %s by %i', async (name, eventType, status) => {
    expect(await host.deliver(name, [anEvent('f')], { eventType })).toMatchObject({ status });
    expect(said('onEvent')).toEqual([]);
  });

  it('does not choke on a body that is no JSON', async () => {
    const response = await host.http('/runtime/webhooks/eventgrid?functionName=onEvent', {
      method: 'POST',
      headers: { 'aeg-event-type': 'Notification' },
      body: '{',
    });
    expect(response.status).toBe(500);
    expect(await host.deliver('onEvent', [anEvent('g')])).toMatchObject({ status: 202 });
  });
});

describe('HTTP functions', () => {
  it('get route parameters, query and body', async () => {
    const response = await host.http('/api/items/7/x%20y?q=1', { method: 'POST', body: 'hello' });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-method')).toBe('POST');
    expect(await response.json()).toEqual({ params: { id: '7', part: 'x y' }, q: '1', body: 'hello' });
  });

  it('may leave out an optional parameter', async () => {
    const response = await host.http('/api/items/7');
    expect(await response.json()).toMatchObject({ params: { id: '7' } });
  });

  it('prefer a fixed route to one with parameters', async () => {
    expect(await (await host.http('/api/items/fixed')).text()).toBe('fixed');
  });

  it.each([
    ['/api/items/7', 'DELETE', 404],
    ['/api/items', 'GET', 404],
    ['/api/nothing', 'GET', 404],
    ['/nothing', 'GET', 404],
    ['/api/empty', 'GET', 204],
    ['/api/status', 'GET', 401],
    ['/api/status?code=wrong', 'GET', 401],
    ['/api/status?code=the-key', 'GET', 200],
  ])('%s, %s: %i', async (path, method, status) => {
    expect((await host.http(path, { method })).status).toBe(status);
  });

  it('take the key in a header, too', async () => {
    const response = await host.http('/api/status', { headers: { 'x-functions-key': 'the-key' } });
    expect(await response.text()).toBe('secret status');
  });

  it('answer 500 without a word when they throw, and log why', async () => {
    const response = await host.http('/api/broken');
    expect([response.status, await response.text()]).toEqual([500, '']);
    await expect
      .poll(() => host.lines.join('\n'))
      .toContain("'Functions.broken' (Failed): Error: broken inside");
  });
});

describe('administration', () => {
  it('says that the host runs', async () => {
    expect(await (await host.http('/admin/host/status')).json()).toMatchObject({ state: 'Running' });
  });

  it('runs a timer by hand', async () => {
    expect(await host.run('tick')).toBe(202);
    await expect.poll(() => said('tick')).toHaveLength(1);
    expect(said('tick')).toMatchObject([{ timer: { isPastDue: false, schedule: { adjustForDST: true } } }]);
  });

  it('runs a queue function by hand with its input', async () => {
    expect(await host.run('work', { n: 1 })).toBe(202);
    await expect.poll(() => said('work')).toMatchObject([{ message: { n: 1 } }, { finished: { n: 1 } }]);
  });

  it('knows no other function', async () => {
    expect(await host.run('nobody')).toBe(404);
  });
});

describe('a host', () => {
  it('does not start without a setting that a binding refers to', async () => {
    const start = startHost({ app: app.dir, env: { AzureWebJobsStorage: storage.connectionString } });
    await expect(start).rejects.toThrow(/%(WORK_QUEUE|TICK)% does not resolve/);
  });

  it('leaves out a function that is disabled by its setting', async () => {
    const env = { AzureWebJobsStorage: storage.connectionString, WORK_QUEUE: 'other', TICK: '0 0 0 1 1 *' };
    const other = await startHost({ app: app.dir, env: { ...env, 'AzureWebJobs.onEvent.Disabled': 'true' } });
    expect(await other.deliver('onEvent', [])).toMatchObject({ status: 404 });
    expect(await other.stop()).toBe(0);
  });
});
