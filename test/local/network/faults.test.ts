import { Agent, fetch } from 'undici';
import type { RequestInit } from 'undici';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import './dns.mjs';
import { startHttps } from './https-server.ts';
import type { LocalServer } from './https-server.ts';
import { createAuthority } from './authority.ts';
import type { Authority } from './authority.ts';

const BODY = 'x'.repeat(400);
let authority: Authority;
let server: LocalServer;
let agent: Agent;
let applied: number;

beforeAll(async () => {
  authority = await createAuthority();
});
beforeEach(async () => {
  applied = 0;
  agent = new Agent({ connect: { ca: authority.caPem } });
  server = await startHttps({
    ...(await authority.issue(['weu-1.k8s.localhost'])),
    handle: () => {
      applied += 1;
      return { status: 200, body: BODY };
    },
  });
});
afterEach(async () => {
  await agent.destroy();
  await server.stop();
});

const get = (path = '/', init: RequestInit = {}) =>
  fetch(`https://weu-1.k8s.localhost:${server.port}${path}`, { dispatcher: agent, ...init });
const bodyOf = async (path?: string) => (await get(path)).text();

describe('rules', () => {
  it('a rule plays as often as it says, then the real answer is back', async () => {
    server.inject({ fault: { kind: 'status', status: 503 }, times: 2 });
    const statuses = [await get(), await get(), await get()].map(({ status }) => status);

    expect(statuses).toEqual([503, 503, 200]);
    expect(applied).toBe(1);
  });

  it('a rule plays only on the requests it is for, the oldest rule first', async () => {
    server.inject({ fault: { kind: 'status', status: 403 }, when: ({ path }) => path === '/secret' });
    server.inject({ fault: { kind: 'status', status: 429 }, when: ({ method }) => method === 'DELETE' });

    expect((await get('/secret', { method: 'DELETE' })).status).toBe(403);
    expect((await get('/other', { method: 'DELETE' })).status).toBe(429);
    expect((await get('/other')).status).toBe(200);
  });

  it('rules can be removed, one or all', async () => {
    const remove = server.inject({ fault: { kind: 'status', status: 500 } });
    server.inject({ fault: { kind: 'status', status: 502 } });

    remove();
    expect((await get()).status).toBe(502);
    server.clearFaults();
    expect((await get()).status).toBe(200);
  });
});

describe('faults', () => {
  it('status: answers with status, headers and body instead', async () => {
    const headers = { 'retry-after': '7' };
    server.inject({
      fault: { kind: 'status', status: 429, headers, body: '{"error":{"code":"Throttled"}}' },
    });
    const answer = await get();

    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.json()).toEqual({ error: { code: 'Throttled' } });
    expect(server.requests[0]?.status).toBe(429);
    expect(applied).toBe(0);
  });

  it('delay: answers late', async () => {
    server.inject({ fault: { kind: 'delay', ms: 150 } });
    const start = performance.now();

    expect(await bodyOf()).toBe(BODY);
    expect(performance.now() - start).toBeGreaterThanOrEqual(140);
  });

  it('delay: applies nothing once the client has gone', async () => {
    server.inject({ fault: { kind: 'delay', ms: 150 } });
    await expect(get('/', { signal: AbortSignal.timeout(30) })).rejects.toThrow(/timeout/);
    await new Promise((resolve) => setTimeout(resolve, 250));

    expect(applied).toBe(0);
  });

  it('hang: accepts and never answers', async () => {
    server.inject({ fault: { kind: 'hang' } });

    await expect(get('/', { signal: AbortSignal.timeout(200) })).rejects.toThrow(/timeout/);
    expect(server.requests).toMatchObject([{ status: 0 }]);
    expect(applied).toBe(0);
  });

  it('reset before-headers: the request has no effect and no answer', async () => {
    server.inject({ fault: { kind: 'reset', when: 'before-headers' } });

    await expect(get('/', { method: 'POST' })).rejects.toThrow('fetch failed');
    expect([applied, server.requests[0]?.status]).toEqual([0, 0]);
  });

  it('reset after-apply: the request has its effect, the answer is lost', async () => {
    server.inject({ fault: { kind: 'reset', when: 'after-apply' } });

    await expect(get('/', { method: 'POST' })).rejects.toThrow('fetch failed');
    expect([applied, server.requests[0]?.status]).toEqual([1, 0]);
  });

  it('reset mid-body: the status arrives, the body breaks off', async () => {
    server.inject({ fault: { kind: 'reset', when: 'mid-body' } });
    const answer = await get();

    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
    expect(applied).toBe(1);
  });

  it('drip: the body comes whole, at that speed', async () => {
    server.inject({ fault: { kind: 'drip', bytesPerSecond: 2000 } });
    const start = performance.now();

    expect(await bodyOf()).toBe(BODY);
    expect(performance.now() - start).toBeGreaterThanOrEqual(150);
  });

  it('redirect: points elsewhere', async () => {
    server.inject({ fault: { kind: 'redirect', location: 'https://elsewhere.localhost/' } });
    const answer = await get('/', { redirect: 'manual' });

    expect([answer.status, answer.headers.get('location')]).toEqual([307, 'https://elsewhere.localhost/']);
  });

  it('html: 200 with a page', async () => {
    server.inject({ fault: { kind: 'html' } });
    const answer = await get();

    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await answer.text()).toMatch(/^<!doctype html>/);
  });

  it('oversized: a JSON string of exactly that many bytes', async () => {
    server.inject({ fault: { kind: 'oversized', bytes: 2_000_000 } });
    const body = await bodyOf();

    expect(Buffer.byteLength(body)).toBe(2_000_000);
    expect(JSON.parse(body)).toMatch(/^x+$/);
  });
});

describe('stopping', () => {
  it('cuts requests that hang, so that nothing is left running', async () => {
    server.inject({ fault: { kind: 'hang' } });
    const hanging = get().catch((error: Error) => error.message);
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.stop();

    expect(await hanging).toBe('fetch failed');
  });
});
