import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, saidBy, useSampleApp } from '../fixture.ts';
import type { RunningHost } from '../client.ts';

const { scene } = useSampleApp({ maxPollingInterval: '00:00:01' });
const WEBHOOK = '/runtime/webhooks/eventgrid';
const ends: (() => Promise<void>)[] = [];
let host: RunningHost;

beforeAll(async () => {
  const { host: start } = await scene((end) => ends.push(end));
  host = await start();
});
afterEach(() => {
  host.lines.length = 0;
});
afterAll(() => Promise.all(ends.map((end) => end())));

const events = () => saidBy(host, 'onEvent').flatMap(({ event }) => (event === undefined ? [] : [event]));
const finished = (): string[] =>
  saidBy(host, 'onEvent').flatMap(({ finished: id }) => (typeof id === 'string' ? [id] : []));

interface Sent {
  functionName?: string;
  code?: string;
  body?: string;
  method?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** A request as a publisher may send it, right or wrong. */
function send({
  functionName = 'onEvent',
  code = host.keys.eventGrid,
  body,
  method = 'POST',
  headers = { 'aeg-event-type': 'Notification' },
  signal,
}: Sent): Promise<Response> {
  const query = new URLSearchParams({ functionName, code });
  const init = { method, headers, ...(body !== undefined && { body }), ...(signal && { signal }) };
  return host.http(`${WEBHOOK}?${query.toString()}`, init);
}

describe('the Event Grid webhook', () => {
  it('answers the subscription handshake of both schemas', async () => {
    const eventType = 'SubscriptionValidation';
    const data = JSON.stringify({ validationCode: 'abc' });
    const answers = [
      await host.deliver('onEvent', [anEvent('1', { validationCode: 'abc' })], { eventType }),
      await host.deliver('onEvent', { specversion: '1.0', data }, { eventType }),
    ];
    expect(answers).toEqual([1, 2].map(() => ({ status: 200, body: '{"validationResponse":"abc"}' })));
    expect(events()).toEqual([]);
  });

  it.each([{ 'WebHook-Request-Origin': 'elsewhere.example' }, {}] as Record<string, string>[])(
    'answers the CloudEvents handshake by 200 and eventgrid.azure.net, without a rate (%j)',
    async (headers) => {
      const response = await send({ method: 'OPTIONS', headers });
      expect(response.status).toBe(200);
      expect(response.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
      expect(response.headers.has('webhook-allowed-rate')).toBe(false);
    },
  );

  it('calls the function once per event, with what it says in camel case, and answers 202', async () => {
    const answer = await host.deliver('onEvent', [anEvent('a', { Name: 'x' })]);
    expect(answer).toEqual({ status: 202, body: '' });
    await expect
      .poll(() => saidBy(host, 'onEvent'))
      .toEqual([
        { fn: 'onEvent', event: anEvent('a', { Name: 'x' }), data: { name: 'x' } },
        { fn: 'onEvent', finished: 'a' },
      ]);
    await expect.poll(() => host.lines).toContain('context log of a');
  });

  it('lets the hooks of the app see the invocation and change a log line', async () => {
    await host.deliver('onEvent', [anEvent('a-password')]);
    await expect.poll(() => host.lines).toContain('context log of a-***');
    await expect
      .poll(() => saidBy(host, 'hook'))
      .toEqual([
        { fn: 'hook', before: 'onEvent' },
        { fn: 'hook', after: 'onEvent' },
      ]);
  });

  it('rewrites the dates inside an event', async () => {
    const dated = (time: string) => ({ ...anEvent('d', { at: time }), eventTime: time });
    await host.deliver('onEvent', [dated('2026-11-21T12:00:00.3140000Z')]);
    await expect.poll(events).toEqual([dated('2026-11-21T12:00:00.314Z')]);
  });

  it('takes one CloudEvent and a batch of them', async () => {
    const cloudEvent = { specversion: '1.0', id: 'c', type: 'Sample', source: '/s', data: {} };
    expect(await host.deliver('onEvent', cloudEvent)).toMatchObject({ status: 202 });
    expect(await host.deliver('onEvent', [cloudEvent, cloudEvent])).toMatchObject({ status: 202 });
    await expect.poll(events).toEqual([cloudEvent, cloudEvent, cloudEvent]);
  });
});

describe('a batch of events', () => {
  const batch = (ids: readonly string[], data: object = {}) => ids.map((id) => anEvent(id, data));
  const TEN = Array.from({ length: 10 }, (_, index) => `e-${index}`);

  it('is run in parallel', async () => {
    await host.deliver('onEvent', batch(TEN, { sleepMs: 500 }));
    await expect.poll(finished).toHaveLength(10);
    const firstEnd = saidBy(host, 'onEvent').findIndex((line) => 'finished' in line);
    expect(firstEnd).toBe(10);
  });

  it('is run in any order', async () => {
    const orders = new Set<string>();
    const order = async (): Promise<number> => {
      host.lines.length = 0;
      await host.deliver('onEvent', batch(TEN));
      await expect.poll(finished).toHaveLength(10);
      return orders.add(
        events()
          .map((event) => (event as { id: string }).id)
          .join(' '),
      ).size;
    };
    await expect.poll(order).toBeGreaterThan(1);
  });

  it('fails as a whole after all have run, without a word of what went wrong', async () => {
    const failing = [...batch(['one', 'two'], { sleepMs: 200 }), anEvent('bad', { fail: 'no luck' })];
    expect(await host.deliver('onEvent', failing)).toEqual({
      status: 500,
      body: 'Exception while executing function: Functions.onEvent',
    });
    await expect.poll(() => finished().toSorted()).toEqual(['one', 'two']);
    await expect.poll(() => host.lines.join('\n')).toContain('Error: no luck');
  });

  it('an empty batch is answered by 202', async () => {
    expect(await host.deliver('onEvent', [])).toEqual({ status: 202, body: '' });
  });

  it('a batch of 40 MB is taken', async () => {
    const padding = 'x'.repeat(1_000_000);
    const large = Array.from({ length: 40 }, (_, index) => ({ ...anEvent(`l-${index}`), padding }));
    expect(await host.deliver('onEvent', large)).toMatchObject({ status: 202 });
    await expect.poll(finished, { timeout: 10_000 }).toHaveLength(40);
  });

  it('runs to its end although its publisher hung up', async () => {
    const gone = new AbortController();
    const body = JSON.stringify(batch(['left'], { sleepMs: 500 }));
    const answer = send({ body, signal: gone.signal }).catch(() => 'gone');
    await expect.poll(events).toHaveLength(1);
    gone.abort();
    expect(await answer).toBe('gone');
    await expect.poll(finished).toEqual(['left']);
  });
});

describe('the Event Grid webhook, asked wrongly,', () => {
  it.each([
    ['no key', '', 401],
    ['a wrong key', 'wrong', 401],
    ['the key of functions', 'the-function-key', 403],
  ])('answers whoever brings %s (%s) by %i', async (_, code, status) => {
    expect((await send({ code, body: '[]' })).status).toBe(status);
    expect((await send({ code, method: 'OPTIONS' })).status).toBe(status);
  });

  it.each([
    ['a function that is not there', 'nobody', 404],
    ['the name of a function in another case', 'ONEVENT', 404],
    ['a function of another kind', 'work', 404],
  ])('answers a delivery to %s (%s) by %i', async (_, functionName, status) => {
    expect(await host.deliver(functionName, [anEvent('f')])).toMatchObject({ status });
  });

  it.each([
    ['an unknown event type', { 'aeg-event-type': 'Anything' }, 400],
    ['a missing event type', {}, 400],
  ])('answers %s (%j) by %i', async (_, headers, status) => {
    expect((await send({ headers: headers as Record<string, string>, body: '[]' })).status).toBe(status);
  });

  it.each([
    ['a body that is cut off', '{'],
    ['a body with something behind it', '[] x'],
    ['a body 200 levels deep', `${'['.repeat(200)}${']'.repeat(200)}`],
  ])('answers %s by 500, without a word', async (_, body) => {
    const response = await send({ body });
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(await host.deliver('onEvent', [anEvent('g')])).toMatchObject({ status: 202 });
  });

  it('answers a publisher who unsubscribes by 202', async () => {
    expect(await host.deliver('onEvent', [], { eventType: 'Unsubscribe' })).toMatchObject({ status: 202 });
    expect(events()).toEqual([]);
  });
});
