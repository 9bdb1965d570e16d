import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { exchange, type WireAnswer } from '../../shared/adapters/exchange.ts';

const LIMITS = { timeoutMs: 30_000, bytes: 4 * 1024 * 1024, values: 1000 };

/** A server that says of whatever it answers that it is gzip, and an exchange with it. */
export interface Answering {
  get(): Promise<WireAnswer>;
  stop(): Promise<void>;
}

export async function startAnswering(answer: () => { status: number; body: Buffer }): Promise<Answering> {
  const server = createServer((_request, response) => {
    const { status, body } = answer();
    response.writeHead(status, { 'content-encoding': 'gzip' });
    response.end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent();
  const request = {
    origin: `http://127.0.0.1:${port}`,
    path: '/',
    method: 'GET',
    headers: {},
    body: undefined,
  };
  return {
    get: () => exchange(agent, request, LIMITS),
    async stop() {
      await agent.close();
      server.close();
    },
  };
}
