import type { TableEntity } from '@azure/data-tables';
import { readFileSync } from 'node:fs';
import type { PushMessage, ReconcileMessage } from '../../shared/retry/message.ts';
import type { LiveSecret } from '../../shared/target/secret.ts';
import { stored } from '../support/documents.ts';
import { createWorld, type World } from '../support/world.ts';

/**
 * A deployment as version 0.1.0 (commit a2ef93b) leaves it after a day: documents, Secrets, rows and messages, all written
 * by its own code over its own fakes, with what people did to vault `team` meanwhile. Nothing of it follows the code.
 */
interface Earlier {
  now: number;
  operations: { at: number; op: 'set' | 'disable' | 'delete'; name: string; args: unknown[] }[];
  documents: { kind: 'Cluster' | 'Route' }[];
  clusters: Record<string, EarlierCluster>;
  tables: Record<'Targets' | 'Runs' | 'Endpoints', TableEntity[]>;
  messages: { queue: 'push' | 'reconcile'; message: unknown; visibleAt: number }[];
}

interface EarlierCluster {
  namespaces: Record<string, { annotations: Record<string, string>; terminating: boolean }>;
  secrets: LiveSecret[];
  revision: number;
  uids: number;
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Dates are columns of their own kind in a table. */
export const earlier = JSON.parse(
  readFileSync(new URL('made-by-0.1.0.json', import.meta.url), 'utf8'),
  (_, value: unknown) => (typeof value === 'string' && ISO.test(value) ? new Date(value) : value),
) as Earlier;

const { signal } = new AbortController();

/** That deployment under the code of this version, at the moment of the upgrade. */
export async function upgraded(): Promise<World> {
  const world = createWorld({ clusters: {}, routes: {}, namespaces: {} });
  const { ports } = world;
  for (const written of earlier.documents) await ports.registry.put(stored(written), undefined, signal);
  await replay(world);
  for (const [name, cluster] of Object.entries(earlier.clusters)) restore(world, name, cluster);
  for (const [table, rows] of Object.entries(earlier.tables))
    for (const row of rows) await ports.status.put(table as keyof Earlier['tables'], row);
  for (const { queue, message, visibleAt } of earlier.messages)
    await send(world, queue, message, Math.max(0, visibleAt - earlier.now));
  return world;
}

/** What kept work waiting before the upgrade keeps it waiting after it: a cluster and a secret that fail. Returns the cure. */
export function stillFailing({ ports }: World): () => void {
  const heal = ports.kubernetes.fail({
    code: 'CLUSTER_TIMEOUT',
    when: (call) => call.includes('neu-1'),
  });
  const allow = ports.vault.people.forbid('team', 'rbac', 'states--locked--x');
  return () => {
    heal();
    allow();
  };
}

/** What people did to the vault, each at its time. */
async function replay({ ports: { clock, vault } }: World): Promise<void> {
  const { people } = vault;
  for (const { at, op, name, args } of earlier.operations) {
    await clock.advance(at - clock.now());
    if (op === 'set') people.set('team', name, ...(args as [string, object]));
    else people[op]('team', name);
  }
  await clock.advance(earlier.now - clock.now());
}

function restore({ ports }: World, name: string, { namespaces, secrets, ...counters }: EarlierCluster): void {
  ports.kubernetes.people(name).restore({
    ...counters,
    namespaces: new Map(Object.entries(namespaces)),
    secrets: new Map(secrets.map((secret) => [`${secret.namespace}/${secret.name}`, secret])),
  });
}

function send(
  { ports }: World,
  queue: 'push' | 'reconcile',
  message: unknown,
  delayMs: number,
): Promise<void> {
  if (queue === 'push') return ports.queue.push(message as PushMessage, delayMs, signal);
  return ports.queue.reconcile(message as ReconcileMessage, delayMs, signal);
}

/** Every Secret of every cluster: what it holds, its uid and its version. */
export const secretsIn = ({ ports }: World): LiveSecret[] =>
  Object.keys(earlier.clusters).flatMap((name) => ports.kubernetes.people(name).secrets());

export const EARLIER_SECRETS = Object.values(earlier.clusters).flatMap(({ secrets }) => secrets);
