import { createRequire } from 'node:module';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startProxy } from './proxy.ts';
import type { LocalServer } from '../network/https-server.ts';

/** Azurite's tables and queues in memory, each behind a proxy that can refuse, hang, fail, and logs every request. */
export interface LocalStorage {
  connectionString: string;
  tablePort: number;
  queuePort: number;
  tables: LocalServer;
  queues: LocalServer;
  stop(): Promise<void>;
}

interface AzuriteServer {
  httpServer: Server;
  start(): Promise<void>;
  close(): Promise<void>;
}

type Constructor<T> = new (...args: unknown[]) => T;

// Azurite has no public API to start it in a process: these files are its own parts (CommonJS, untyped), of the
// version that package.json pins.
const require = createRequire(import.meta.url);
const { default: TableServer } = require('azurite/dist/src/table/TableServer.js') as {
  default: Constructor<AzuriteServer>;
};
const { default: TableConfiguration } = require('azurite/dist/src/table/TableConfiguration.js') as {
  default: Constructor<object>;
};
const { default: QueueServer } = require('azurite/dist/src/queue/QueueServer.js') as {
  default: Constructor<AzuriteServer>;
};
const { default: QueueConfiguration } = require('azurite/dist/src/queue/QueueConfiguration.js') as {
  default: Constructor<object>;
};
const { MemoryExtentChunkStore } = require('azurite/dist/src/common/persistence/MemoryExtentStore.js') as {
  MemoryExtentChunkStore: Constructor<object>;
};

const HOST = '127.0.0.1';
const ACCOUNT = 'devstoreaccount1';
/** The emulator's published key, the same everywhere. */
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const KEEP_ALIVE_SECONDS = 5;
const MEMORY_BYTES = 256 * 1024 * 1024;

function tableServer(): AzuriteServer {
  const [log, https] = [
    [false, false, undefined, undefined],
    ['', '', '', undefined, false],
  ];
  return new TableServer(
    new TableConfiguration(HOST, 0, KEEP_ALIVE_SECONDS, 'tables', ...log, false, true, ...https, true),
  );
}

/** A memory store of its own: the default one is shared by every Azurite of the process. */
function queueServer(): AzuriteServer {
  const [paths, log] = [
    ['queues', 'extents', []],
    [false, undefined, false, undefined],
  ];
  const memory = new MemoryExtentChunkStore(MEMORY_BYTES);
  const https = ['', '', '', undefined, false];
  return new QueueServer(
    new QueueConfiguration(
      HOST,
      0,
      KEEP_ALIVE_SECONDS,
      ...paths,
      ...log,
      false,
      true,
      ...https,
      true,
      memory,
    ),
  );
}

async function startServer(server: AzuriteServer): Promise<number> {
  await server.start();
  return (server.httpServer.address() as AddressInfo).port;
}

/** Starts empty storage on free ports; the account's name and key are those of every emulator. */
export async function startAzurite(): Promise<LocalStorage> {
  const servers = [tableServer(), queueServer()] as const;
  const tables = await startProxy(await startServer(servers[0]));
  const queues = await startProxy(await startServer(servers[1]));
  const endpoint = (name: string, { port }: LocalServer): string =>
    `${name}=http://${HOST}:${port}/${ACCOUNT}`;
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${ACCOUNT}`,
      `AccountKey=${KEY}`,
      endpoint('TableEndpoint', tables),
      endpoint('QueueEndpoint', queues),
    ].join(';'),
    tablePort: tables.port,
    queuePort: queues.port,
    tables,
    queues,
    stop: async () => {
      await Promise.all([tables.stop(), queues.stop()]);
      for (const server of servers) await server.close();
    },
  };
}
