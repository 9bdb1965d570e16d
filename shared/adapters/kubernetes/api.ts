import type { Ports } from '../../ports.ts';
import type { Cluster } from '../../registry/document.ts';
import { createInspect } from './inspection/inspect.ts';
import { createClusterClients } from './clients.ts';
import type { Connect } from './connection.ts';
import { createReads } from './read.ts';
import { createWrites } from './write.ts';

interface KubernetesOptions {
  /** How to reach a cluster and log in there. */
  connect: Connect;
  /** Why this cluster must not be talked to; asked before anything is looked up or connected. */
  allowed: (cluster: Cluster) => string | undefined;
  /** For each request, from connecting to the last byte. Default 10 s. */
  timeoutMs?: number;
  /** Of one answer. Default 8 MiB: a page of 500 Secrets' metadata takes 0.5 MB, one Secret at most 1.5. */
  maxBodyBytes?: number;
  /** This deployment's name, as probes of the admission policy say it. Default `vaultcast`. */
  instance?: string;
}

const MIB = 1024 * 1024;

/** Secrets and Namespaces of all clusters. What can go wrong, and who mends it: failure.ts. */
export function createKubernetes({
  connect,
  allowed,
  timeoutMs = 10_000,
  maxBodyBytes = 8 * MIB,
  instance = 'vaultcast',
}: KubernetesOptions): Ports['kubernetes'] & { close(): Promise<void> } {
  const clients = createClusterClients(connect, allowed, timeoutMs, maxBodyBytes);
  const reads = createReads(clients);
  const inspect = createInspect({ clients, namespaces: reads.namespaces, timeoutMs, instance });
  const { rest, close } = clients;
  return { ...reads, ...createWrites(clients), inspect, rest, close };
}
