import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which systems pick ports for outgoing connections, so that none is taken before its server listens. */
const FIRST = 20_000;
const LAST = 29_999;

/** A port of 127.0.0.1 on which nothing listens now, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
