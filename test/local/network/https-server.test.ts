import { Agent, fetch } from 'undici';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import './dns.mjs';
import { startHttps } from './https-server.ts';
import type { LocalRequest, LocalServer } from './https-server.ts';
import { createAuthority } from './authority.ts';
import type { Authority } from './authority.ts';

let authority: Authority;
let server: LocalServer;
let trusting: Agent;
let seen: LocalRequest[];

beforeAll(async () => {
  authority = await createAuthority();
});
beforeEach(async () => {
  seen = [];
  trusting = new Agent({ connections: 1, connect: { ca: authority.caPem } });
  server = await startHttps({
    ...(await authority.issue(['*.vault.localhost', '127.0.0.1'])),
    clientCa: authority.caPem,
    handle: (request) => {
      seen.push(request);
      return { status: 201, headers: { 'x-test': 'yes' }, body: { hello: request.body }, user: 'somebody' };
    },
  });
});
afterEach(async () => {
  await trusting.close();
  await server.stop();
});

const url = (path = '/') => `https://team.vault.localhost:${server.port}${path}`;
const causeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'no error',
    (error: { cause?: { code?: string } }) => error.cause?.code,
  );

describe('the local HTTPS server', () => {
  it('answers under a wildcard name of its certificate, to clients that trust the authority', async () => {
    const answer = await fetch(url('/a%2D b?api%2Dversion=1'.replace(' ', '%20')), {
      dispatcher: trusting,
      method: 'POST',
      body: 'you',
    });

    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-test')).toBe('yes');
    expect(await answer.json()).toEqual({ hello: 'you' });
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/a- b', body: 'you' });
    expect(seen[0]?.query.get('api-version')).toBe('1');
  });

  it('is refused by clients that do not trust the authority, or reach it by another name', async () => {
    const stranger = await createAuthority();
    const other = new Agent({ connect: { ca: stranger.caPem } });

    expect(await causeOf(fetch(url(), { dispatcher: other }))).toMatch(/SIGNATURE|SELF_SIGNED|VERIFY/);
    const wrongName = `https://weu-1.k8s.localhost:${server.port}/`;
    expect(await causeOf(fetch(wrongName, { dispatcher: trusting }))).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    const byAddress = await fetch(`https://127.0.0.1:${server.port}/`, { dispatcher: trusting });
    expect(byAddress.status).toBe(201);
    await other.close();
  });

  it('knows a client certificate of its authority and ignores a foreign one', async () => {
    const connect = async (from: Authority) =>
      new Agent({ connect: { ca: authority.caPem, ...(await from.issueClient('pusher', 'vaultcast')) } });
    const known = await connect(authority);
    const foreign = await connect(await createAuthority());
    await fetch(url(), { dispatcher: known });
    await fetch(url(), { dispatcher: foreign });

    expect(seen[0]?.clientCertificate).toEqual({ commonName: 'pusher', organization: 'vaultcast' });
    expect(seen[1]).not.toHaveProperty('clientCertificate');
    await Promise.all([known.close(), foreign.close()]);
  });

  it('logs each request with its answer, user and connection', async () => {
    await (await fetch(url('/one?x=1'), { dispatcher: trusting, headers: { 'x-mine': '7' } })).text();
    await (await fetch(url('/two'), { dispatcher: trusting })).text();
    const fresh = new Agent({ connect: { ca: authority.caPem } });
    await fetch(url('/three'), { dispatcher: fresh });

    const rows = server.requests.map(({ path, query, status, user, socket }) => ({
      path,
      query,
      status,
      user,
      socket,
    }));
    expect(rows).toEqual([
      { path: '/one', query: 'x=1', status: 201, user: 'somebody', socket: 1 },
      { path: '/two', query: '', status: 201, user: 'somebody', socket: 1 },
      { path: '/three', query: '', status: 201, user: 'somebody', socket: 2 },
    ]);
    expect(server.requests[0]?.headers['x-mine']).toBe('7');
    await fresh.close();
  });

  it('goes down, refuses connections, and comes back on the same port', async () => {
    await (await fetch(url(), { dispatcher: trusting })).text();
    await server.down();
    const later = new Agent({ connect: { ca: authority.caPem } });
    expect(await causeOf(fetch(url(), { dispatcher: later }))).toBe('ECONNREFUSED');

    await server.up();
    expect((await fetch(url(), { dispatcher: later })).status).toBe(201);
    await later.close();
  });

  it('answers 500 with the mistake when a stand-in throws, and 400 to a malformed path', async () => {
    const broken = await startHttps({
      ...(await authority.issue(['team.vault.localhost'])),
      handle: () => Promise.reject(new Error('not written yet')),
    });
    const answer = await fetch(`https://team.vault.localhost:${broken.port}/`, { dispatcher: trusting });

    expect(answer.status).toBe(500);
    expect(await answer.text()).toBe('stand-in: not written yet');
    expect((await fetch(url('/%E0%A4%A'), { dispatcher: trusting })).status).toBe(400);
    await broken.stop();
  });
});
