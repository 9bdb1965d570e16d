import { eventually } from '../../local/stack/eventually.ts';
import { clusterYaml, type Trust } from '../../local/stack/sites.ts';
import type { LogLine } from '../../local/stack/log.ts';
import { startStack, type Stack } from '../../local/stack/start.ts';
import { startApiServers, type ApiServer } from '../control-plane/api-server.ts';
import { prepareCluster, type FleetCluster } from './member.ts';
import { ALLOWED_METADATA } from '../cluster/policies.ts';

/** The built functions on a local host, and real API servers. */
export interface Fleet {
  stack: Stack;
  clusters: readonly FleetCluster[];
  /** Runs the reconcile timer by hand; resolves when the run has been through all clusters. */
  reconcile(withinMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** All clusters are registered with the label `env: prod`; `env` are settings of the function app. */
export async function startFleet(names: readonly string[], env: Record<string, string> = {}): Promise<Fleet> {
  const servers: ApiServer[] = [];
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.toReversed()) await end();
  };
  const realClusters = async (trust: Trust): Promise<ApiServer[]> => {
    const started = await startApiServers({ names: [...names], ...trust });
    stops.push(() => started.stop());
    servers.push(...names.map((name) => started.cluster(name)));
    return servers;
  };
  try {
    const stack = await startStack({ realClusters, env: { ALLOWED_METADATA, ...env } });
    stops.push(() => stack.stop());
    const clusters = await Promise.all(servers.map((server) => prepareCluster(server, stack.trust)));
    await stack.apply(stack.sites.map((site) => clusterYaml(site, { env: 'prod' })).join('---\n'));
    return { stack, clusters, reconcile: (withinMs) => reconcile(stack, withinMs), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function reconcile(stack: Stack, withinMs?: number): Promise<void> {
  const before = stack.lines().length;
  const lines = (): LogLine[] => stack.lines().slice(before);
  const runsDone = (): number => lines().filter(({ code }) => code === 'RUN_DONE').length;
  await stack.hosts[0]?.run('reconcile-timer');
  await eventually(() => {
    if (runsDone() === stack.sites.length) return true;
    throw new Error(`the run has not been through all clusters: ${JSON.stringify(lines().slice(-20))}`);
  }, withinMs);
}
