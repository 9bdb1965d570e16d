// One run over the fleet in a process of its own, as the functions are: as vaultcast does it, or a bare loop of the same
// list requests. Reads the order from stdin, prints milliseconds and peak memory.
import { createProcess } from '../../shared/deliver/process.ts';
import { json } from 'node:stream/consumers';
import pLimit from 'p-limit';
import { Agent, request } from 'undici';
import { createKeyVault } from '../../shared/adapters/key-vault/vault.ts';
import { createEntraConnect } from '../../shared/adapters/kubernetes/connection.ts';
import { createKubernetes } from '../../shared/adapters/kubernetes/api.ts';
import { systemClock } from '../../shared/adapters/clock.ts';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import type { Ports } from '../../shared/ports.ts';
import { startRun } from '../../shared/reconcile/start.ts';
import type { ReconcileMessage } from '../../shared/retry/message.ts';
import type { TargetStatus } from '../../shared/status/target.ts';
import { createFakeStatus } from '../support/fakes/status.ts';
import {
  clusterNames,
  clusterOf,
  INSTANCE,
  type Measured,
  namespaceNames,
  type Order,
  currentRows,
  theRoute,
} from './reconcile-fleet.ts';

/** Real adapters towards vault and clusters; registry and tables are made up on the spot, and hold nothing. */
function portsOf(order: Order, messages: ReconcileMessage[]): Ports & { close(): Promise<void> } {
  const credential = {
    getToken: async () => ({ token: order.vaultToken, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const vaults = new Map([['team', order.vault]]);
  const vault = createKeyVault({ vaults, credential });
  const kubernetes = createKubernetes({
    connect: createEntraConnect(async () => 'good'),
    allowed: () => undefined,
  });
  const route = theRoute();
  const status = createFakeStatus();
  let rows: TargetStatus[] | undefined;
  let listed: Awaited<ReturnType<typeof vault.list>> | undefined;
  const none = async (): Promise<never> => {
    throw new Error('nothing of the kind happens in the steady state');
  };
  return {
    vault: { ...vault, read: none, list: async (name, signal) => (listed = await vault.list(name, signal)) },
    kubernetes: { ...kubernetes, create: none, replace: none, remove: none },
    registry: {
      routes: async () => ({ rows: [route], bad: [] }),
      routesByPrefix: none,
      clusters: async () => ({ rows: clusterNames.map((name) => clusterOf(name, order)), bad: [] }),
    },
    queue: {
      push: none,
      reconcile: async (message) => void messages.push(message),
      lengths: async () => [],
    },
    status: {
      ...status,
      targets: async (cluster) => {
        if (cluster === '-' || listed === undefined) return [];
        rows ??= currentRows(route, listed.secrets);
        return rows.map((row) => ({ ...row, cluster }));
      },
      saveTargets: none,
      forgetTargets: none,
    },
    log: { line: () => {}, failure: (error) => console.error(error) },
    clock: systemClock,
    close: () => kubernetes.close(),
  };
}

async function vaultcast(order: Order): Promise<Measured> {
  const messages: ReconcileMessage[] = [];
  const ports = portsOf(order, messages);
  const settings = {
    vaults: new Map(),
    instance: INSTANCE,
    process: createProcess(ports, 64),
    eventBudgetMs: 20_000,
  };
  const measured = await rounds(order.rounds, async () => {
    await startRun(ports);
    for (const message of messages.splice(0)) await onReconcileMessage(message, ports, settings);
    await assertDone(ports);
  });
  await ports.close();
  return measured;
}

/** A run that failed would be fast, too. */
async function assertDone(ports: Ports): Promise<void> {
  for (const name of clusterNames) {
    const [run] = await ports.status.runs(name, new AbortController().signal);
    if (run?.state !== 'done' || run.total !== 1000 || Object.keys(run.counts).length > 0)
      throw new Error(
        `cluster ${name}: ${run?.state}, ${run?.total} targets, ${JSON.stringify(run?.counts)}`,
      );
  }
}

interface Page {
  metadata?: { continue?: string };
  nextLink?: string | null;
}

/** Every cluster is an address of its own, whose connections have gone cold between two runs. */
async function bare(order: Order): Promise<Measured> {
  const connect = { ca: order.caPem };
  return rounds(order.rounds, async () => {
    const toVault = new Agent({ connect });
    for (let start = 0; start < clusterNames.length; start += 20) {
      let next: string | null | undefined = `${order.vault}/secrets?api-version=2025-07-01`;
      while (next) next = (await get(next, toVault, order.vaultToken)).nextLink;
      const atOnce = pLimit(4);
      const shard = clusterNames.slice(start, start + 20);
      await Promise.all(
        shard.map((name) => atOnce(() => lists(`${order.server}/${name}/api/v1`, new Agent({ connect })))),
      );
    }
    await toVault.close();
  });
}

async function get(url: string, dispatcher: Agent, token: string): Promise<Page> {
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  const headers = { authorization: `Bearer ${token}`, accept };
  const answer = await request(url, { dispatcher, headers });
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
  return (await answer.body.json()) as Page;
}

async function lists(url: string, agent: Agent): Promise<void> {
  await get(`${url}/namespaces?limit=500`, agent, 'good');
  const atOnce = pLimit(8);
  await Promise.all(
    namespaceNames.map((name) =>
      atOnce(() => get(`${url}/namespaces/${name}/secrets?limit=500`, agent, 'good')),
    ),
  );
  await agent.close();
}

async function rounds(count: number, round: () => Promise<void>): Promise<Measured> {
  const milliseconds: number[] = [];
  for (let done = 0; done < count; done += 1) {
    const from = performance.now();
    await round();
    milliseconds.push(performance.now() - from);
  }
  return { milliseconds, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) };
}

if (import.meta.main) {
  const order = (await json(process.stdin)) as Order;
  const measured = process.argv[2] === 'bare' ? await bare(order) : await vaultcast(order);
  console.info(JSON.stringify(measured));
}
