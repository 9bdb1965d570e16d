import { clusterYaml } from '../../local/stack/sites.ts';
import { startStack } from '../../local/stack/start.ts';
import type { Stack } from '../../local/stack/start.ts';
import { rowsOf } from '../../local/stack/storage.ts';
import { ACCEPT, routeYaml } from '../../local/stack/tenancy.ts';
import { eventually } from '../../local/stack/eventually.ts';
import { enter } from '../oracle/world.ts';
import type { Ledger } from '../oracle/world.ts';
import { CLUSTER_STORIES } from './stories/clusters.ts';
import { FAULT_STORIES, FAULTY_VAULTS, SHUT_VAULTS, UNLISTED_VAULTS } from './stories/faults.ts';
import { HAND_STORIES } from './stories/hands.ts';
import { ROUTE_STORIES } from './stories/routes.ts';
import { VAULT_STORIES } from './stories/vault.ts';
import { handsOf } from './story.ts';

export const STORIES = [
  ...VAULT_STORIES,
  ...ROUTE_STORIES,
  ...HAND_STORIES,
  ...CLUSTER_STORIES,
  ...FAULT_STORIES,
];
const CLUSTERS = ['weu-1', 'neu-1', 'sea-1'];
export const STAGES = Math.max(...STORIES.map(({ steps }) => steps.length));

/** All clusters and routes, and every namespace that is there at first. */
export async function startFleet(): Promise<Stack> {
  const stack = await startStack({ clusters: CLUSTERS, vaults: ['team', ...FAULTY_VAULTS] });
  for (const { name, accept, goals } of STORIES) {
    if (accept === undefined) continue;
    for (const { cluster } of goals) stack.cluster(cluster).createNamespace(name, { [ACCEPT]: accept });
  }
  const clusters = stack.sites.map((site) => clusterYaml(site));
  const routes = STORIES.map(({ name, spec }) => routeYaml(name, spec));
  await stack.apply([...clusters, ...routes].join('---\n'));
  return stack;
}

/** What people do before the next run, in all stories. */
export async function act(stack: Stack, stage: number): Promise<void> {
  for (const told of STORIES) await told.steps[stage]?.(handsOf(stack, told));
}

/** All versions that there are now. */
export function writeDown(stack: Stack, ledger: Ledger): void {
  for (const { vault, keys } of STORIES.flatMap(({ goals }) => goals))
    for (const { secret } of Object.values(keys)) enter(ledger, stack, vault, secret);
}

/** A run of the timer, until it has ended in all clusters, well or not. */
export async function quietRun(stack: Stack): Promise<void> {
  const runs = () => rowsOf(stack.storage, 'Runs');
  const known = new Set((await runs()).map(({ rowKey }) => rowKey));
  await stack.hosts[0]?.run('reconcile-timer');
  await eventually(async () => {
    const ended = (await runs()).filter(({ rowKey, state }) => !known.has(rowKey) && state !== 'running');
    const clusters = new Set(ended.map(({ partitionKey }) => partitionKey));
    return CLUSTERS.every((name) => clusters.has(name));
  }, 60_000);
}

/** While stories keep them away. */
const isTroubled = (stage: number): boolean => stage === 1 || stage === 2;

export const shutAt = (stage: number): Set<string> => new Set(isTroubled(stage) ? SHUT_VAULTS : []);

/** What is wrong at that stage with clusters, vaults, namespaces and routes, by the ids of their problems. */
export function besidesAt(stage: number): Set<string> {
  if (!isTroubled(stage)) return new Set();
  return new Set([
    'cluster:sea-1',
    'collision:weu-1:rivals',
    'namespace:neu-1:forbidden',
    ...[...SHUT_VAULTS, ...UNLISTED_VAULTS].map((vault) => `vault:${vault}`),
  ]);
}
