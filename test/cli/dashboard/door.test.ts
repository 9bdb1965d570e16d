import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDoor } from '../../../shared/cli/dashboard/server/door.ts';
import { aBuiltPage } from './page-folder.ts';
import { ask, emptyHouse, type Served, serve, visit, type Visit } from './visit.ts';

let page: Awaited<ReturnType<typeof aBuiltPage>>;
let served: Served;
let here: Visit;
const acted: string[] = [];

beforeAll(async () => {
  page = await aBuiltPage();
  served = emptyHouse(page.folder, acted);
  here = await visit(served);
});
afterAll(async () => {
  await here.stop();
  await page.remove();
});

const PATHS = ['', 'page.js', 'page.css', 'icon.svg', 'runbook.json', 'api/session', 'api/fleet'];

describe('the door of the dashboard', () => {
  it('lets in who opens the printed address, with a cookie that scripts and other sites do not get', async () => {
    const { address, stop } = await serve(served);
    const entered = await ask(new URL(address));
    await stop();

    const path = /url=(\/[\w-]{12}\/)"/.exec(entered.body)?.[1];
    expect(entered.status).toBe(200);
    expect(entered.headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^vaultcast=[\\w-]{32}; HttpOnly; SameSite=Strict; Path=${String(path)}$`),
      ),
    ]);
  });

  it('lets in nobody by an address that was opened already', async () => {
    const again = await ask(here.address);

    expect(again).toMatchObject({ status: 403, body: expect.stringContaining('works once') });
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  it('lets in nobody by an address that is older than ten minutes', () => {
    let now = 0;
    const door = createDoor(1234, () => now);
    now = 10 * 60_000 + 1;

    const { pathname, search } = new URL(door.address);
    expect(
      door.judge({ method: 'GET', url: pathname + search, headers: { host: '127.0.0.1:1234' } }),
    ).toMatchObject({ kind: 'refuse', status: 403 });
  });

  it('lets in no other user of this machine, who sees with which address the browser was started', () => {
    const door = createDoor(1234);
    const { pathname, search } = new URL(door.address);
    const knock = { method: 'GET', url: pathname + search, headers: { host: '127.0.0.1:1234' } };

    expect(door.isEntrance(knock.url)).toBe(true);
    expect(door.judge({ ...knock, isNeighbours: true })).toMatchObject({ kind: 'refuse', status: 403 });
    expect(door.judge({ ...knock, isNeighbours: false })).toMatchObject({ kind: 'enter' });
  });

  it.each(['/?', '/./?', '/%2e/?', '/x/../?', '/x/%2E%2e?', '/\\../?'])(
    'asks whose the connection is, or does not let in, however the entrance is spelt: %s',
    (path) => {
      const door = createDoor(1234);
      const url = `${path}${new URL(door.address).search.slice(1)}`;
      const verdict = door.judge({ method: 'GET', url, headers: { host: '127.0.0.1:1234' } });

      expect(door.isEntrance(url) || verdict.kind === 'refuse').toBe(true);
    },
  );

  it('knows itself on port 80, which browsers leave out', () => {
    const door = createDoor(80);
    const { pathname, search } = new URL(door.address);

    expect(
      door.judge({ method: 'GET', url: pathname + search, headers: { host: '127.0.0.1' } }),
    ).toMatchObject({ kind: 'enter' });
  });

  it.each(['/?token=wrong', '/', '/?token='])('lets in nobody by %s', async (url) => {
    const { address, stop } = await serve(served);
    const heard = await ask(new URL(url, address));
    await stop();

    expect(heard.status).toBe(403);
    expect(heard.headers['set-cookie']).toBeUndefined();
  });

  it.each(PATHS)('gives /%s to the session and to nobody without its cookie', async (path) => {
    const url = new URL(path, here.page);
    const other = `vaultcast=${'x'.repeat(32)}`;

    expect((await here.get(path)).status).toBe(200);
    expect((await ask(url)).status).toBe(403);
    expect((await ask(url, { headers: { cookie: other } })).status).toBe(403);
    expect((await ask(new URL(`/${path}`, here.page), { headers: { cookie: here.cookie } })).status).toBe(
      403,
    );
  });

  it.each([
    ['another name for this machine', { host: 'evil.example:80' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['another port of this machine as origin', { origin: 'http://127.0.0.1:1' }],
    ['no origin at all, as a sandbox has it', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { 'sec-fetch-site': 'same-site' }],
  ])('refuses %s, with the right cookie, too', async (_, headers: Record<string, string>) => {
    for (const path of PATHS) expect((await here.get(path, headers)).status).toBe(403);
    const posted = await here.post('api/actions/play', {}, headers);
    expect(posted.status).toBe(403);
    expect(acted).toEqual([]);
  });

  it.each([
    ['an origin', { origin: '' }],
    ['the header of the page', { 'x-vaultcast': '' }],
    ['the media type of the page', { 'content-type': 'text/plain' }],
  ])('takes no change without %s', async (_, headers: Record<string, string>) => {
    expect((await here.post('api/actions/play', {}, headers)).status).toBeGreaterThanOrEqual(400);
    expect(acted).toEqual([]);
  });

  it('takes a change from the page', async () => {
    expect((await here.post('api/actions/play', {})).status).toBe(200);
    expect(acted.splice(0)).toEqual(['acted']);
  });

  it('takes no change that is too long or no JSON', async () => {
    expect((await here.post('api/acknowledge', { problem: 'x'.repeat(5000) })).status).toBe(413);
    const url = new URL('api/acknowledge', here.page);
    const headers = {
      cookie: here.cookie,
      origin: here.page.origin,
      'content-type': 'application/json',
      'x-vaultcast': 'dashboard',
    };
    expect((await ask(url, { method: 'POST', headers, body: '{' })).status).toBe(400);
  });

  it.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD'])('knows no %s', async (method) => {
    expect((await ask(here.page, { method, headers: { cookie: here.cookie } })).status).toBe(405);
  });

  it.each(['../vaultcast.js', '..%2fvaultcast.js', '%2e%2e/vaultcast.js', 'page.js.map', 'api/constructor'])(
    'serves no file beside the page: %s',
    async (path) => {
      const url = new URL(here.page.href + path);
      expect([403, 404]).toContain((await ask(url, { headers: { cookie: here.cookie } })).status);
    },
  );

  it.each([...PATHS, 'nothing'])(
    'says of /%s that nothing inline and nothing from elsewhere runs',
    async (path) => {
      const { headers } = await here.get(path);

      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:|data:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );

  it('is at 127.0.0.1 and at no other address of this machine', async () => {
    const socket = connect({ host: '127.0.0.2', port: Number(here.page.port), timeout: 2000 });
    const outcome = await new Promise<string>((resolve) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('error', () => resolve('refused'));
      socket.once('timeout', () => resolve('refused'));
    });
    socket.destroy();

    expect(outcome).toBe('refused');
  });
});
