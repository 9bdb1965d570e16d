import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../local/stack/eventually.ts';
import { aBuiltPage } from './page-folder.ts';
import { emptyHouse, visit, type Visit } from './visit.ts';

let page: Awaited<ReturnType<typeof aBuiltPage>>;
let here: Visit;
const acted: string[] = [];

beforeAll(async () => {
  page = await aBuiltPage();
  here = await visit(emptyHouse(page.folder, acted));
});
afterAll(async () => {
  await here.stop();
  await page.remove();
});

const port = (): string => here.page.port;
const own = (): string => `Host: 127.0.0.1:${port()}`;
const cookie = (): string => `Cookie: ${here.cookie}`;

/** Bytes as a program on this machine may send them; what is answered until the server ends the connection. */
function sent(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(port()), '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    // A server that hangs up on what it does not want to hear has answered, too.
    socket.on('error', () => {});
    socket.once('close', () => resolve(heard));
    socket.write(bytes);
  });
}

const request = (line: string, ...headers: string[]): string =>
  [line, ...headers, 'Connection: close', '', ''].join('\r\n');
const get = (...headers: string[]): Promise<string> =>
  sent(request(`GET ${here.page.pathname}api/fleet HTTP/1.1`, ...headers));
const posting = (origin: string): Promise<string> =>
  sent(
    `${request(
      `POST ${here.page.pathname}api/actions/play HTTP/1.1`,
      own(),
      cookie(),
      `Origin: ${origin}`,
      'Content-Type: application/json',
      'X-Vaultcast: dashboard',
      'Content-Length: 2',
    )}{}`,
  );
const statusOf = (heard: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1] ?? 0);

describe('a name by which the dashboard is asked', () => {
  it('is its own', async () => {
    expect(statusOf(await get(own(), cookie()))).toBe(200);
    expect(statusOf(await get(`Host: localhost:${port()}`, cookie()))).toBe(200);
  });

  it.each([
    '127.0.0.1',
    'localhost',
    'localhost.:PORT',
    '[::1]:PORT',
    '[::ffff:127.0.0.1]:PORT',
    '127.1:PORT',
    '2130706433:PORT',
    '0x7f000001:PORT',
    '0.0.0.0:PORT',
    '127.0.0.2:PORT',
    '127.0.0.1:PORT.evil.example',
    '127.0.0.1.evil.example:PORT',
    'evil.example@127.0.0.1:PORT',
    'evil.example:PORT',
    '127.0.0.1:PORT, evil.example',
    '',
  ])('is not %s, with the right cookie, too', async (host) => {
    const heard = await get(`Host: ${host.replace('PORT', port())}`, cookie());

    expect(statusOf(heard)).toBeGreaterThanOrEqual(400);
    expect(heard).not.toContain('Fleet');
  });

  it('must be said, by the oldest protocol as well', async () => {
    const path = `${here.page.pathname}api/fleet`;
    expect(statusOf(await get(cookie()))).toBe(400);
    expect(statusOf(await sent(request(`GET ${path} HTTP/1.0`, cookie())))).toBe(403);
  });

  it('is not what a proxy would be asked for', async () => {
    const line = `GET http://evil.example${here.page.pathname}api/fleet HTTP/1.1`;
    expect(statusOf(await sent(request(line, own(), cookie())))).toBe(400);
  });
});

describe('the origin of a change', () => {
  it.each([
    'null',
    'http://127.0.0.1',
    'https://127.0.0.1:PORT',
    'http://localhost:PORT',
    'http://127.0.0.1:PORT/',
    'http://127.0.0.1:PORT.evil.example',
    'http://127.0.0.1:PORT http://evil.example',
    'HTTP://127.0.0.1:PORT',
    'http://[::1]:PORT',
    'file://',
    '',
  ])('is not %s', async (origin) => {
    expect(statusOf(await posting(origin.replace('PORT', port())))).toBe(403);
    expect(acted).toEqual([]);
  });

  it('is the page’s own', async () => {
    expect(statusOf(await posting(here.page.origin))).toBe(200);
    expect(acted.splice(0)).toEqual(['acted']);
  });
});

describe('what is no request of a page', () => {
  const change = (...headers: string[]): string =>
    request(
      `POST ${here.page.pathname}api/actions/play HTTP/1.1`,
      own(),
      cookie(),
      `Origin: ${here.page.origin}`,
      'Content-Type: application/json',
      'X-Vaultcast: dashboard',
      ...headers,
    );

  it.each([
    ['bytes that are no HTTP', () => '\u0000\u0001\r\n\r\n', 400],
    ['a path that is none', () => request('GET * HTTP/1.1', own(), cookie()), 400],
    ['headers without end', () => request('GET / HTTP/1.1', own(), `X: ${'x'.repeat(70_000)}`), 431],
    ['a body that is said to be endless', () => change('Content-Length: 99999999999'), 413],
    ['a body of unknown length', () => change('Transfer-Encoding: chunked'), 413],
    ['a body of two lengths', () => change('Content-Length: 2', 'Content-Length: 200'), 400],
    ['a length that is no number', () => change('Content-Length: x'), 400],
    [
      'a body with two ideas of its end',
      () => change('Content-Length: 2', 'Transfer-Encoding: chunked'),
      400,
    ],
    ['a tunnel', () => request('CONNECT evil.example:443 HTTP/1.1', own()), 0],
    ['an unknown method', () => request('TRACE / HTTP/1.1', own()), 405],
  ])('is refused: %s', async (_, bytes, status) => {
    expect(statusOf(await sent(bytes()))).toBe(status);
    expect(acted).toEqual([]);
    expect(statusOf(await get(own(), cookie()))).toBe(200);
  });

  it('becomes no web socket', async () => {
    const upgrade = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    const line = `GET ${here.page.pathname}api/fleet HTTP/1.1`;
    const heard = await sent([line, own(), ...upgrade, '', ''].join('\r\n'));

    expect(statusOf(heard)).toBe(403);
  });

  it('gains nothing by coming after one of the page on the same connection', async () => {
    const path = `${here.page.pathname}api/fleet`;
    const first = [`GET ${path} HTTP/1.1`, own(), cookie(), '', ''].join('\r\n');
    const heard = await sent(first + request(`GET ${path} HTTP/1.1`, own()));

    expect([...heard.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status)).toEqual(['200', '403']);
  });

  it('is heard no further once it was refused', async () => {
    const heard = await sent(`${change('Content-Length: 99999999999')}${'x'.repeat(1_000_000)}`);

    expect([0, 413]).toContain(statusOf(heard));
    expect(statusOf(await get(own(), cookie()))).toBe(200);
  });
});

it('connections that say nothing are a hundred at most, and those of the page go on', async () => {
  const idle = Array.from({ length: 150 }, () => connect(Number(port()), '127.0.0.1'));
  const closed = idle.map(
    (socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve())),
  );
  for (const socket of idle) socket.on('error', () => {});
  // The server closes what is too much: which ones it is, nobody knows.
  await Promise.any(closed);
  for (const socket of idle) socket.destroy();
  await Promise.all(closed);

  // It hears of each end by itself.
  const answered = await eventually(async () => statusOf(await get(own(), cookie())) || undefined);
  expect(answered).toBe(200);
});
