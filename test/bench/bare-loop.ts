// The requests of a fan-out and nothing else, in a process of its own, as the functions are: reads both objects of every
// cluster at once, then replaces the Secret. Reads from stdin what to ask, prints the milliseconds of each round.
import { json } from 'node:stream/consumers';
import { Agent, request } from 'undici';

export interface BareLoop {
  /** Of each cluster: `https://NAME.k8s.localhost:PORT`. */
  urls: string[];
  caPem: string;
  token: string;
  namespace: string;
  name: string;
  rounds: number;
}

interface Secret {
  data: Record<string, string>;
}

async function ask(agent: Agent, url: string, token: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const options = { dispatcher: agent, headers, method: body ? 'PUT' : 'GET' } as const;
  const answer = await request(url, { ...options, ...(body && { body: JSON.stringify(body) }) });
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
  return answer.body.json();
}

async function replace(agent: Agent, url: string, { token, namespace, name }: BareLoop, value: string) {
  const path = `${url}/api/v1/namespaces/${namespace}`;
  const [, secret] = await Promise.all([
    ask(agent, path, token),
    ask(agent, `${path}/secrets/${name}`, token) as Promise<Secret>,
  ]);
  const data = { password: Buffer.from(value).toString('base64') };
  await ask(agent, `${path}/secrets/${name}`, token, { ...secret, data });
}

async function loop(order: BareLoop): Promise<number[]> {
  const agents = order.urls.map(() => new Agent({ connect: { ca: order.caPem }, connections: 8 }));
  const times: number[] = [];
  for (let round = 0; round < order.rounds; round += 1) {
    const from = performance.now();
    await Promise.all(
      agents.map((agent, index) => replace(agent, order.urls[index] ?? '', order, `${round}`)),
    );
    times.push(performance.now() - from);
  }
  await Promise.all(agents.map((agent) => agent.close()));
  return times;
}

if (import.meta.main) console.info(JSON.stringify(await loop((await json(process.stdin)) as BareLoop)));
