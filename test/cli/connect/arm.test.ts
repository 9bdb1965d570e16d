import type { TokenCredential } from '@azure/identity';
import { Agent, fetch as undiciFetch } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createArm } from '../../../shared/cli/connect/arm.ts';
import type { Arm } from '../../../shared/cli/connect/arm.ts';
import { createAuthority } from '../../local/network/authority.ts';
import type { Authority } from '../../local/network/authority.ts';
import { startHttps } from '../../local/network/https-server.ts';
import type { LocalReply, LocalRequest, LocalServer } from '../../local/network/https-server.ts';

let authority: Authority;
let server: LocalServer;
let agent: Agent;
let answer: (request: LocalRequest) => LocalReply;

beforeAll(async () => {
  authority = await createAuthority();
  agent = new Agent({ connect: { ca: authority.caPem } });
  server = await startHttps({
    ...(await authority.issue(['127.0.0.1'])),
    handle: (request: LocalRequest) => answer(request),
  });
});
beforeEach(() => {
  answer = () => ({ status: 200, body: {} });
});
afterAll(async () => {
  await agent.close();
  await server.stop();
});

const origin = (): string => `https://127.0.0.1:${server.port}`;
/** Node's own, which trusts the authority of this test. */
const trusting = ((url: string, options: object) =>
  undiciFetch(url, { ...options, dispatcher: agent })) as unknown as typeof globalThis.fetch;

const token = { token: 'of-a-person', expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
const OPTIONS = { credential: { getToken: () => Promise.resolve(token) }, fetch: trusting };

function arm(credential?: TokenCredential): { arm: Arm; scopes: string[] } {
  const scopes: string[] = [];
  const person: TokenCredential = {
    getToken: (scope) => {
      scopes.push(String(scope));
      return Promise.resolve({ token: 'of-a-person', expiresOnTimestamp: Date.now() + 3_600_000 });
    },
  };
  const signal = AbortSignal.timeout(20_000);
  return {
    arm: createArm({ credential: credential ?? person, origin: origin(), signal, fetch: trusting }),
    scopes,
  };
}

describe('Azure Resource Manager for a person', () => {
  it('gives all pages of a list, asked for with a token of that place', async () => {
    const seen: LocalRequest[] = [];
    answer = (request) => {
      seen.push(request);
      if (request.query.has('page')) return { status: 200, body: { value: [3] } };
      return { status: 200, body: { value: [1, 2], nextLink: `${origin()}/things?page=2` } };
    };
    const { arm: azure, scopes } = arm();

    expect(await azure.list('/things?api-version=1')).toEqual([1, 2, 3]);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill('Bearer of-a-person'));
    expect(scopes[0]).toBe(`${origin()}/.default`);
  });

  it('sends the token nowhere else, neither for a next page nor for a redirect', async () => {
    answer = () => ({ status: 200, body: { value: [], nextLink: 'https://elsewhere.example.com/things' } });
    await expect(arm().arm.list('/things')).rejects.toThrow('its next page is elsewhere');

    answer = ({ path }) => ({
      status: path === '/moved' ? 200 : 302,
      headers: { location: '/moved' },
      body: {},
    });
    await expect(arm().arm.get('/things')).rejects.toThrow('no answer');
  });

  it('says in Azure’s own words what it refuses, on one line, and what does without it', async () => {
    const error = { code: 'AuthorizationFailed', message: 'no\u001b[31m action\nread' };
    answer = () => ({ status: 403, body: { error } });
    await expect(arm().arm.post('/things')).rejects.toMatchObject({
      message: 'Azure Resource Manager: 403 AuthorizationFailed: no [31m action read',
      advice: expect.stringContaining('--registry-account'),
    });
  });

  it.each([
    ['text', { status: 200, body: '<html>' }],
    ['nothing at all', { status: 500, body: '' }],
    ['a status alone', { status: 503, body: {} }],
    ['null', { status: 500, body: null }],
  ])('says that there is no use in %s', async (_, reply) => {
    answer = () => reply;
    await expect(arm().arm.get('/things')).rejects.toThrow(
      /^Azure Resource Manager: (?:its answer is no JSON object|50[03]$)/,
    );
  });

  it('says whom it did not reach and why, and does not ask for a role', async () => {
    const closed = await startHttps({
      ...(await authority.issue(['127.0.0.1'])),
      handle: () => ({ status: 200, body: {} }),
    });
    const place = `https://127.0.0.1:${closed.port}`;
    await closed.stop();
    const away = createArm({ ...OPTIONS, origin: place, signal: AbortSignal.timeout(20_000) });

    await expect(away.list('/things')).rejects.toMatchObject({
      message: `no answer from 127.0.0.1:${closed.port} (Azure Resource Manager): ECONNREFUSED`,
      advice: expect.stringMatching(/^Check the network and --arm\./),
    });
  });

  it('tells a person who is not signed in to do so', async () => {
    const credential = { getToken: () => Promise.reject(new Error('az: not found, secret=hush')) };
    const failure = arm(credential).arm.get('/things');
    await expect(failure).rejects.toMatchObject({
      message: 'Azure gave no token',
      advice: expect.stringContaining('az login'),
    });
  });
});
