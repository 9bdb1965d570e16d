// The lists of a run over clusters where nothing changed, and nothing else.
import pLimit from 'p-limit';
import { Agent, type Dispatcher, interceptors, request } from 'undici';
import { offer } from '../world/remote.ts';

interface ListsOrder {
  vault: { url: string; caPem: string; token: string };
  clusters: readonly { name: string; url: string; caPem: string }[];
  clusterToken: string;
  namespaces: readonly string[];
  /** Rows of the table `Targets`, `URL?SAS`. */
  targetsUrl: string;
  rounds: number;
}

export interface ListsRound {
  ms: number;
  cpuSeconds: number;
  pages: number;
}

/** As the app: clusters of a shard, clusters at once, lists of a cluster at once. */
const SHARD = 20;
const CLUSTERS = 4;
const LISTS = 8;

const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** A connection that was closed while nobody had the processor to see it is no error: the app asks again, too. */
const connections = (options: Agent.Options = {}): Dispatcher =>
  new Agent(options).compose(interceptors.retry());

type Headers = Record<string, string>;

interface Page {
  nextLink?: string | null;
}

async function get<Answer>(
  url: string,
  dispatcher: Dispatcher,
  headers: Headers,
): Promise<{ body: Answer; headers: object }> {
  const answer = await request(url, { dispatcher, headers });
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
  return { body: (await answer.body.json()) as Answer, headers: answer.headers };
}

async function listVault({ url, token }: ListsOrder['vault'], agent: Dispatcher): Promise<number> {
  let pages = 0;
  let next: string | null | undefined = `${url}/secrets?api-version=2025-07-01`;
  while (next) {
    const { body }: { body: Page } = await get(next, agent, {
      authorization: `Bearer ${token}`,
    });
    pages += 1;
    next = body.nextLink;
  }
  return pages;
}

async function listRows(url: string, cluster: string, agent: Dispatcher): Promise<void> {
  const version = { 'x-ms-version': '2019-02-02', accept: 'application/json;odata=nometadata' };
  let more = '';
  do {
    const filter = encodeURIComponent(`PartitionKey eq '${cluster}'`);
    const { headers } = await get(`${url}&$filter=${filter}${more}`, agent, version);
    const [partition, row] = ['partition', 'row'].map((key): unknown =>
      Reflect.get(headers, `x-ms-continuation-next${key}key`),
    );
    more = typeof partition === 'string' ? `&NextPartitionKey=${partition}&NextRowKey=${String(row)}` : '';
  } while (more !== '');
}

async function listCluster({ url, caPem }: ListsOrder['clusters'][number], order: ListsOrder): Promise<void> {
  const agent = connections({ connect: { ca: caPem } });
  const headers = { authorization: `Bearer ${order.clusterToken}`, accept: METADATA };
  const atOnce = pLimit(LISTS);
  await get(`${url}/api/v1/namespaces?limit=500`, agent, headers);
  const secrets = (name: string) => get(`${url}/api/v1/namespaces/${name}/secrets?limit=500`, agent, headers);
  await Promise.all(order.namespaces.map((name) => atOnce(() => secrets(name))));
  await agent.close();
}

async function once(order: ListsOrder): Promise<number> {
  const toVault = connections({ connect: { ca: order.vault.caPem } });
  const toTables = connections();
  const atOnce = pLimit(CLUSTERS);
  const cluster = async (one: ListsOrder['clusters'][number]): Promise<void> => {
    await Promise.all([listRows(order.targetsUrl, one.name, toTables), listCluster(one, order)]);
  };
  const shards: Promise<number>[] = [];
  for (let start = 0; start < order.clusters.length; start += SHARD) {
    const shard = order.clusters.slice(start, start + SHARD);
    const listed = listVault(order.vault, toVault);
    shards.push(
      listed.then(async (pages) => {
        await Promise.all(shard.map((one) => atOnce(() => cluster(one))));
        return pages;
      }),
    );
  }
  const pages = await Promise.all(shards);
  await Promise.all([toVault.close(), toTables.close()]);
  return pages.reduce((sum, one) => sum + one, 0);
}

async function rounds(order: ListsOrder): Promise<ListsRound[]> {
  const measured: ListsRound[] = [];
  for (let round = 0; round < order.rounds; round += 1) {
    const [from, before] = [performance.now(), process.cpuUsage()];
    const pages = await once(order);
    const { user, system } = process.cpuUsage(before);
    measured.push({ ms: performance.now() - from, cpuSeconds: (user + system) / 1e6, pages });
  }
  return measured;
}

/** One listing of the vault. */
async function vaultOnly(vault: ListsOrder['vault']): Promise<ListsRound> {
  const agent = connections({ connect: { ca: vault.caPem } });
  const [from, before] = [performance.now(), process.cpuUsage()];
  const pages = await listVault(vault, agent);
  const { user, system } = process.cpuUsage(before);
  await agent.close();
  return { ms: performance.now() - from, cpuSeconds: (user + system) / 1e6, pages };
}

const api = { rounds, vaultOnly };

export type BareListsApi = typeof api;

offer(api);
