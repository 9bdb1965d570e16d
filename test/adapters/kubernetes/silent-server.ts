import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Issued } from '../../local/network/authority.ts';

export interface SilentServer {
  port: number;
  /** Resolves when a request has come; nothing is ever answered. */
  asked: Promise<void>;
  /** Resolves when the client has closed its connection. */
  left: Promise<void>;
  stop(): Promise<void>;
}

/** Shows whether a caller that gives up a call gives up its connection, too. */
export async function startSilent(issued: Issued): Promise<SilentServer> {
  const asked = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const server = createServer(issued, ({ socket }) => {
    asked.resolve();
    socket.once('close', () => left.resolve());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, asked: asked.promise, left: left.promise, stop };
}
