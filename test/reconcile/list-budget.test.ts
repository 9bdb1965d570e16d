import { expect, it } from 'vitest';
import type { ListBudget } from '../../shared/list-budget.ts';
import { reconcile } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const MIB = 1024 * 1024;

/** What the lists of Secrets in the next run may bring. */
async function budgetOf(world: World): Promise<ListBudget> {
  const { kubernetes } = world.ports;
  const list = kubernetes.managedSecrets.bind(kubernetes);
  const given: (ListBudget | undefined)[] = [];
  kubernetes.managedSecrets = (cluster, namespace, signal, budget) => {
    given.push(budget);
    return list(cluster, namespace, signal, budget);
  };
  await reconcile(world);
  expect(new Set(given).size).toBe(1);
  const [budget] = given;
  if (budget === undefined) throw new Error('lists without a budget');
  return budget;
}

function worldOf(secrets: number): World {
  const world = createWorld({ clusters: { 'weu-1': {} } });
  for (let at = 0; at < secrets; at += 1) world.set(`app-1--svc-${at}--password`, 'value');
  return world;
}

const page = (kept: number) => ({ items: 500, bytes: MIB, kept });

it('a cluster may bring 4 MiB of names and marks that nobody expects, and no more', async () => {
  const budget = await budgetOf(worldOf(0));
  budget.take(page(4 * MIB));
  expect(() => budget.take(page(1))).toThrow('its lists are longer than 4194304 characters');
});

it('a cluster may bring more by what routes ask for there, and by what rows tell of', async () => {
  const world = worldOf(20);
  (await budgetOf(world)).take(page(4 * MIB + 20 * 512));
  const again = await budgetOf(world);
  again.take(page(4 * MIB + 40 * 512));
  expect(() => again.take(page(20 * 200))).toThrow('characters of names and marks');
});
