import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type createGunzip, gzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { expect, it, vi } from 'vitest';
import { exchange } from '../../shared/adapters/exchange.ts';

const growing = vi.hoisted(() => ({ now: 0, most: 0 }));
vi.mock('node:zlib', async (original) => {
  const zlib = await original<{ createGunzip: typeof createGunzip }>();
  const counted: typeof createGunzip = (options) => {
    growing.most = Math.max(growing.most, (growing.now += 1));
    return zlib.createGunzip(options).once('close', () => (growing.now -= 1));
  };
  return { ...zlib, createGunzip: counted };
});

const MIB = 1024 * 1024;
const LIMITS = { timeoutMs: 30_000, bytes: 4 * MIB, values: 1000 };

it('of many answers that grow large, no more than two do so at once', async () => {
  const text = JSON.stringify(Array.from({ length: 64 }, () => 'x'.repeat(MIB / 64)));
  const body = gzipSync(text);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const agent = new Agent();
  const { port } = server.address() as AddressInfo;
  const request = {
    origin: `http://127.0.0.1:${port}`,
    path: '/',
    method: 'GET',
    headers: {},
    body: undefined,
  };
  const answers = await Promise.all(Array.from({ length: 16 }, () => exchange(agent, request, LIMITS)));
  expect(answers.map((answer) => answer.body.length)).toEqual(Array.from({ length: 16 }, () => text.length));
  expect(growing).toEqual({ now: 0, most: 2 });
  await agent.close();
  server.close();
});
