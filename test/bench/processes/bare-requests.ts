// The requests of events and nothing else: of each secret its value, of each of its targets both objects at once, then the
// Secret with the new value.
import { Agent, request } from 'undici';
import { offer } from '../world/remote.ts';

export interface BareOrder {
  vault: { url: string; caPem: string; token: string };
  clusters: readonly { url: string; caPem: string }[];
  clusterToken: string;
  namespace: string;
  /** Each secret goes to each cluster, as this key of this Secret. */
  secrets: readonly { secret: string; name: string; key: string }[];
  rounds: number;
}

export interface BareRound {
  ms: number;
  cpuSeconds: number;
}

/** As many connections to a cluster as the app has. */
const CONNECTIONS = 8;
const VAULT_CONNECTIONS = 32;
const JSON_BODY = 'application/json';

interface Secret {
  data?: Record<string, string>;
}

async function ask(agent: Agent, url: string, token: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': JSON_BODY };
  const options = { dispatcher: agent, headers, method: body ? 'PUT' : 'GET' } as const;
  const answer = await request(url, { ...options, ...(body && { body: JSON.stringify(body) }) });
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
  return answer.body.json();
}

async function rounds(order: BareOrder): Promise<BareRound[]> {
  const { vault, clusters, clusterToken, namespace, secrets } = order;
  const toVault = new Agent({ connect: { ca: vault.caPem }, connections: VAULT_CONNECTIONS });
  const agents = clusters.map(({ caPem }) => new Agent({ connect: { ca: caPem }, connections: CONNECTIONS }));

  const target = async (agent: Agent, url: string, name: string, read: Promise<object>): Promise<void> => {
    const path = `${url}/api/v1/namespaces/${namespace}`;
    const [secret, data] = await Promise.all([
      ask(agent, `${path}/secrets/${name}`, clusterToken) as Promise<Secret>,
      read,
      ask(agent, path, clusterToken),
    ]);
    await ask(agent, `${path}/secrets/${name}`, clusterToken, {
      ...secret,
      data: { ...secret.data, ...data },
    });
  };
  const event = async ({ secret, name, key }: BareOrder['secrets'][number], round: number): Promise<void> => {
    const read = ask(toVault, `${vault.url}/secrets/${secret}/?api-version=2025-07-01`, vault.token);
    // Another value each time, or the API server would have nothing to write.
    const data = read.then(() => ({ [key]: Buffer.from(`bare ${round}`).toString('base64') }));
    await Promise.all(agents.map((agent, index) => target(agent, clusters[index]?.url ?? '', name, data)));
  };

  const measured: BareRound[] = [];
  for (let round = 0; round < order.rounds; round += 1) {
    const [from, before] = [performance.now(), process.cpuUsage()];
    await Promise.all(secrets.map((secret) => event(secret, round)));
    const { user, system } = process.cpuUsage(before);
    measured.push({ ms: performance.now() - from, cpuSeconds: (user + system) / 1e6 });
  }
  await Promise.all([toVault, ...agents].map((agent) => agent.close()));
  return measured;
}

const api = { rounds };

export type BareRequestsApi = typeof api;

offer(api);
