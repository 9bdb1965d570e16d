// The requests of events and nothing else: of each secret its value; of each of its targets both objects at once, and its row;
// then the Secret with the new value, and the row.
import { Agent } from 'undici';
import { offer } from '../world/remote.ts';
import { ask, bareRows, type BareRows, type Tables } from './bare-rows.ts';

export interface BareOrder {
  vault: { url: string; caPem: string; token: string };
  clusters: readonly { name: string; url: string; caPem: string }[];
  clusterToken: string;
  namespace: string;
  /** Each secret goes to each cluster, as this key of this Secret. */
  secrets: readonly { secret: string; name: string; key: string }[];
  /** undefined: of vault and clusters only. */
  rows?: Tables | undefined;
  /** So many of the secrets come first, one after the other, and are not counted. */
  warm: number;
  rounds: number;
}

export interface BareRound {
  /** To the last answer. */
  ms: number;
  lastWriteMs: number;
  cpuSeconds: number;
}

/** As many connections to a cluster as the app has. */
const CONNECTIONS = 8;
const VAULT_CONNECTIONS = 32;

interface Secret {
  data?: Record<string, string>;
}

interface Place {
  agent: Agent;
  cluster: string;
  url: string;
}

const NO_ROWS: BareRows = {
  read: () => Promise.resolve({}),
  write: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

async function rounds(order: BareOrder): Promise<BareRound[]> {
  const { vault, clusterToken, namespace, secrets } = order;
  const toVault = new Agent({ connect: { ca: vault.caPem }, connections: VAULT_CONNECTIONS });
  const places = order.clusters.map(({ name, url, caPem }): Place => {
    const agent = new Agent({ connect: { ca: caPem }, connections: CONNECTIONS });
    return { agent, cluster: name, url: `${url}/api/v1/namespaces/${namespace}` };
  });
  const rows = order.rows === undefined ? NO_ROWS : bareRows(order.rows);
  let lastWriteAt = 0;

  const target = async (
    { agent, cluster, url }: Place,
    name: string,
    read: Promise<object>,
  ): Promise<void> => {
    const to = { dispatcher: agent, token: clusterToken };
    const row = rows.read(cluster, `${namespace}:${name}`);
    const [secret, data] = await Promise.all([ask<Secret>(`${url}/secrets/${name}`, to), read, ask(url, to)]);
    const put = { ...secret, data: { ...secret.data, ...data } };
    await ask(`${url}/secrets/${name}`, { ...to, method: 'PUT', json: put });
    lastWriteAt = performance.now();
    await rows.write(cluster, await row);
  };
  const event = async ({ secret, name, key }: BareOrder['secrets'][number], value: string): Promise<void> => {
    const to = { dispatcher: toVault, token: vault.token };
    const read = ask(`${vault.url}/secrets/${secret}/?api-version=2025-07-01`, to);
    // Another value each time, or the API server would have nothing to write.
    const data = read.then(() => ({ [key]: Buffer.from(value).toString('base64') }));
    await Promise.all(places.map((place) => target(place, name, data)));
  };

  const measured: BareRound[] = [];
  for (const [index, secret] of secrets.slice(0, order.warm).entries()) await event(secret, `warm ${index}`);
  for (let round = 0; round < order.rounds; round += 1) {
    const [from, before] = [performance.now(), process.cpuUsage()];
    await Promise.all(secrets.map((secret) => event(secret, `bare ${round}`)));
    const { user, system } = process.cpuUsage(before);
    const ended = performance.now();
    measured.push({
      ms: ended - from,
      lastWriteMs: lastWriteAt - from,
      cpuSeconds: (user + system) / 1e6,
    });
  }
  await Promise.all([rows.close(), toVault.close(), ...places.map(({ agent }) => agent.close())]);
  return measured;
}

const api = { rounds };

export type BareRequestsApi = typeof api;

offer(api);
