import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEndpoints } from '../../shared/adapters/storage/status/endpoints.ts';
import { createQueue } from '../../shared/adapters/storage/queue.ts';
import { createRegistryAdmin } from '../../shared/adapters/storage/registry/admin.ts';
import { createRegistry } from '../../shared/adapters/storage/registry/registry.ts';
import { createStatus } from '../../shared/adapters/storage/status/status.ts';
import { aPushMessage, aShard } from '../support/contracts/queue.ts';
import { aRunRow } from '../support/contracts/runs.ts';
import { aTargetRow } from '../support/contracts/status.ts';
import { stored, writtenRoute } from '../support/documents.ts';
import type { Fault } from '../local/network/faults.ts';
import { echoesOf } from './echoes.ts';
import { failuresOf, leaksOf } from './remains.ts';
import { aBase64, aText } from './secrets.ts';
import { anyway } from '../support/anyway.ts';

const NEVER = new AbortController().signal;
const key = aBase64();
const pasted = aText();
const TARGET = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };

let server: Server;
let fault: Extract<Fault, { kind: 'status' }>;
const signatures = new Set<string>();

/** Storage that answers what it is told to, and adds what it was sent: the signature, too. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const signature = request.headers.authorization ?? '';
    signatures.add(signature.replace(/^.*:/, ''));
    request.resume();
    response.writeHead(fault.status, {
      'content-type': 'application/json',
      ...fault.headers,
      'x-echo': signature,
    });
    response.end(`${fault.body ?? ''}${fault.status === 400 ? signature : ''}`);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function callsNow() {
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/account`;
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=${key.value};TableEndpoint=${at};QueueEndpoint=${at};`;
  const options = { connection: { connectionString }, timeoutMs: 300 };
  const [registry, admin, status] = [
    createRegistry(options),
    createRegistryAdmin(options),
    createStatus(options),
  ];
  const [queue, endpoints] = [createQueue(options), createEndpoints(options)];
  const endpoint = { armId: 'a', server: 'https://a', ca: 'c', login: 'entra', lookedUpAt: 0 } as const;
  return {
    routes: () => registry.routes(NEVER),
    routesByPrefix: () => registry.routesByPrefix('team', ['', 'app-1--'], NEVER),
    clusters: () => registry.clusters(NEVER),
    'admin list': () => admin.list(NEVER),
    'admin put': () => admin.put(stored(writtenRoute()), undefined, NEVER),
    'admin tables': () => admin.createTables(NEVER),
    target: () => status.target(TARGET, NEVER),
    targets: () => status.targets('weu-1', NEVER),
    saveTargets: () => status.saveTargets(anyway([aTargetRow()]), NEVER),
    forgetTargets: () => status.forgetTargets([aTargetRow()], NEVER),
    runs: () => status.runs('weu-1', NEVER),
    saveRun: () => status.saveRun(aRunRow(), NEVER),
    backOffs: () => status.backOffs(NEVER),
    saveBackOff: () => status.saveBackOff('weu-1', undefined, NEVER),
    push: () => queue.push(aPushMessage(), 0, NEVER),
    reconcile: () => queue.reconcile(aShard(), 0, NEVER),
    'endpoint read': () => endpoints.read('weu-1', NEVER),
    'endpoint save': () => endpoints.save('weu-1', endpoint, NEVER),
  };
}

describe('of what tables and queues know', () => {
  it('no error, line or row holds it', { timeout: 300_000 }, async () => {
    const calls = callsNow();
    const left = [];
    for (const one of [...echoesOf(pasted.value), ...echoesOf(key.value)]) {
      if (one.kind !== 'status') continue;
      fault = one;
      left.push(...(await failuresOf(JSON.stringify(one).slice(0, 60), calls)));
    }
    // Retries of the SDK go on for a moment.
    await sleep(50);
    expect(left.length).toBeGreaterThan(500);
    expect(signatures.size).toBeGreaterThan(10);
    expect(leaksOf(left, [...pasted.secrets, ...key.secrets])).toEqual([]);
    expect(leaksOf(left, [...signatures])).toEqual([]);
  });
});
