import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BareListsApi, ListsRound } from '../processes/bare-lists.ts';
import type { BareOrder, BareRequestsApi, BareRound } from '../processes/bare-requests.ts';
import { type Remote, start } from '../world/remote.ts';
import type { World } from '../world/world.ts';

const DNS = ['--import', pathToFileURL(join(import.meta.dirname, '../../local/network/dns.mjs')).href];

const vaultOf = ({ trust }: World): BareOrder['vault'] => ({
  url: trust.vaultUrl,
  caPem: trust.caPem,
  token: trust.vaultToken,
});

/** What a process measures that does nothing else. */
async function inProcess<Api, Measured>(
  file: string,
  measure: (ask: Remote<Api>) => Promise<Measured>,
): Promise<Measured> {
  const started = await start<Api>(file, DNS);
  try {
    return await measure(started.ask);
  } finally {
    await started.stop();
  }
}

/**
 * A bare loop of the requests of these secrets at all clusters, all at once, `rounds` times after the first `warm` of them, one
 * after the other. `rowsPerWrite`: of the rows that are written in one request; 0: tables are left out.
 */
export async function bareRequests(
  world: World,
  {
    rowsPerWrite,
    ...asked
  }: Pick<BareOrder, 'secrets' | 'namespace' | 'rounds' | 'warm'> & { rowsPerWrite: number },
): Promise<BareRound[]> {
  const order = {
    vault: vaultOf(world),
    clusters: world.sites,
    clusterToken: world.trust.clusterToken,
    ...(rowsPerWrite > 0 && { rows: { ...(await world.storage.access()), perWrite: rowsPerWrite } }),
    ...asked,
  };
  return inProcess('bare-requests.ts', (ask: Remote<BareRequestsApi>) => ask.rounds(order));
}

/** Bare lists of everything a run looks at where nothing changed. */
export async function bareLists(
  world: World,
  namespaces: readonly string[],
  rounds: number,
): Promise<ListsRound[]> {
  const { url, sas } = await world.storage.access();
  const order = {
    vault: vaultOf(world),
    clusters: world.sites,
    clusterToken: world.trust.clusterToken,
    targetsUrl: `${url}/Targets()?${sas}`,
    namespaces,
    rounds: rounds + 1,
  };
  const measured = await inProcess('bare-lists.ts', (ask: Remote<BareListsApi>) => ask.rounds(order));
  return measured.slice(1);
}

/** A bare listing of the vault. */
export function bareListing(world: World): Promise<ListsRound> {
  return inProcess('bare-lists.ts', (ask: Remote<BareListsApi>) => ask.vaultOnly(vaultOf(world)));
}
