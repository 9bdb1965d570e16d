import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useSampleApp } from '../fixture.ts';
import type { RunningHost } from '../client.ts';

const { scene } = useSampleApp({});
const ends: (() => Promise<void>)[] = [];
let host: RunningHost;

beforeAll(async () => {
  const { host: start } = await scene((end) => ends.push(end));
  host = await start();
});
afterAll(() => Promise.all(ends.map((end) => end())));

describe('an HTTP function', () => {
  it('gets route parameters, query and body', async () => {
    const response = await host.http('/api/items/7/x%20y?q=1', { method: 'POST', body: 'hello' });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-method')).toBe('POST');
    expect(await response.json()).toEqual({ params: { id: '7', part: 'x y' }, q: '1', body: 'hello' });
  });

  it('is found without an optional parameter', async () => {
    const response = await host.http('/api/items/7');
    expect(await response.json()).toMatchObject({ params: { id: '7' } });
  });

  it('with a fixed route is preferred to one with parameters', async () => {
    expect(await (await host.http('/api/items/fixed')).text()).toBe('fixed');
  });

  it.each([
    ['/api/items/7', 'DELETE', 404],
    ['/api/items', 'GET', 404],
    ['/api/nothing', 'GET', 404],
    ['/nothing', 'GET', 404],
    ['/api/empty', 'GET', 204],
  ])('asked for as %s, %s, answers %i', async (path, method, status) => {
    expect((await host.http(path, { method })).status).toBe(status);
  });

  it.each([
    ['no key', '', 401],
    ['a wrong key', '?code=wrong', 401],
    ['the key of functions', '?code=the-function-key', 200],
  ])('of level function answers whoever brings %s by %i', async (_, query, status) => {
    expect((await host.http(`/api/status${query}`)).status).toBe(status);
  });

  it.each([() => 'the-function-key', () => host.keys.master])(
    'of level function takes a key in a header, and the master key, too',
    async (key) => {
      const response = await host.http('/api/status', { headers: { 'x-functions-key': key() } });
      expect(await response.text()).toBe('secret status');
    },
  );

  it('that throws answers 500 without a word, and the log says why', async () => {
    const response = await host.http('/api/broken');
    expect([response.status, await response.text()]).toEqual([500, '']);
    await expect
      .poll(() => host.lines.join('\n'))
      .toContain("'Functions.broken' (Failed): Error: broken inside");
  });
});
