import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BareListsApi, ListsRound } from '../processes/bare-lists.ts';
import type { BareOrder, BareRequestsApi, BareRound } from '../processes/bare-requests.ts';
import { start } from '../world/remote.ts';
import type { World } from '../world/world.ts';

const DNS = ['--import', pathToFileURL(join(import.meta.dirname, '../../local/network/dns.mjs')).href];

const vaultOf = ({ trust }: World): BareOrder['vault'] => ({
  url: trust.vaultUrl,
  caPem: trust.caPem,
  token: trust.vaultToken,
});

/** A bare loop of the requests of these secrets, all at once, `rounds` times after one that is not counted. */
export async function bareRequests(
  world: World,
  {
    secrets,
    namespace,
    clusters,
    rounds,
  }: Pick<BareOrder, 'secrets' | 'namespace' | 'rounds'> & { clusters?: readonly string[] },
): Promise<BareRound[]> {
  const { ask, stop } = await start<BareRequestsApi>('bare-requests.ts', DNS);
  const sites = world.sites.filter(({ name }) => clusters?.includes(name) ?? true);
  const order = { vault: vaultOf(world), clusters: sites, clusterToken: world.trust.clusterToken };
  const measured = await ask.rounds({ ...order, secrets, namespace, rounds: rounds + 1 });
  await stop();
  return measured.slice(1);
}

/** Bare lists of everything a run looks at where nothing changed. */
export async function bareLists(
  world: World,
  namespaces: readonly string[],
  rounds: number,
): Promise<ListsRound[]> {
  const { ask, stop } = await start<BareListsApi>('bare-lists.ts', DNS);
  const targetsUrl = await world.storage.targetsUrl();
  const order = {
    vault: vaultOf(world),
    clusters: world.sites,
    clusterToken: world.trust.clusterToken,
    targetsUrl,
  };
  const measured = await ask.rounds({ ...order, namespaces, rounds: rounds + 1 });
  await stop();
  return measured.slice(1);
}

/** A bare listing of the vault. */
export async function bareListing(world: World): Promise<ListsRound> {
  const { ask, stop } = await start<BareListsApi>('bare-lists.ts', DNS);
  const measured = await ask.vaultOnly(vaultOf(world));
  await stop();
  return measured;
}
