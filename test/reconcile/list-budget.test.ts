import { describe, expect, it } from 'vitest';
import { createListBudget, type ListBudget } from '../../shared/list-budget.ts';
import { expectedCharacters } from '../../shared/reconcile/homes.ts';
import { aCluster } from '../support/documents.ts';
import { reconcile } from '../support/fleet.ts';
import { createWorld, type World } from '../support/world.ts';

const MIB = 1024 * 1024;

/** What the lists of Secrets in the next run may bring, by namespace, `*` for all. */
async function budgetsOf(world: World): Promise<Record<string, ListBudget>> {
  const { kubernetes } = world.ports;
  const list = kubernetes.managedSecrets.bind(kubernetes);
  const budgets: Record<string, ListBudget> = {};
  kubernetes.managedSecrets = (cluster, namespace, signal, look) => {
    if (look?.budget !== undefined) budgets[namespace ?? '*'] = look.budget;
    return list(cluster, namespace, signal, look);
  };
  await reconcile(world);
  return budgets;
}

function worldOf(secrets: number, spec = { scope: 'cluster' }): World {
  const world = createWorld({ clusters: { 'weu-1': spec } });
  for (let at = 0; at < secrets; at += 1) world.set(`app-1--svc-${at}--password`, 'value');
  return world;
}

const page = (kept: number) => ({ items: 1, bytes: MIB, kept });

describe('the lists of a cluster', () => {
  it('may bring 4 MiB of names and marks that nobody expects, and no more', async () => {
    const { '*': all } = await budgetsOf(worldOf(0));
    all?.take(page(4 * MIB));
    expect(() => all?.take(page(1))).toThrow('its lists are longer than 4 MiB of names and marks');
  });

  it('may bring more by what routes ask for there, and by what rows tell of', async () => {
    const world = worldOf(20);
    (await budgetsOf(world))['*']?.take(page(4 * MIB + 20 * 512));
    const { '*': again } = await budgetsOf(world);
    again?.take(page(4 * MIB + 40 * 512));
    expect(() => again?.take(page(20 * 200))).toThrow('of names and marks');
  });

  it('may bring 24 MiB at most, whatever is expected', () => {
    const all = createListBudget(100 * MIB);
    all.take(page(24 * MIB));
    expect(() => all.take(page(1))).toThrow('its lists are longer than 24 MiB of names and marks');
  });

  it('may bring of an orphan no more because of what is written on it', () => {
    const expected = (state: 'orphaned' | 'synced'): number | undefined => {
      const row = { id: 'app-1:pg', state, sources: 'x'.repeat(1000) };
      return expectedCharacters(aCluster(), { routes: [], listings: new Map() }, [row]).get('app-1');
    };
    expect([expected('synced'), expected('orphaned')]).toEqual([1512, 512]);
  });

  it('leave to other namespaces what one brings too much of', async () => {
    const { 'app-1': one, 'app-2': other } = await budgetsOf(
      createWorld({ namespaces: { 'app-1': 'app-1--', 'app-2': 'app-2--' } }),
    );
    expect(() => one?.take(page(20 * MIB))).toThrow('its lists are longer than 1 MiB of names and marks');
    other?.take(page(MIB));
  });
});
