import { Agent, request } from 'undici';

/** An event of a watch of Secrets. */
export interface SecretEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: {
    metadata: { name: string; uid: string; resourceVersion: string; annotations?: Record<string, string> };
    data?: Record<string, string>;
  };
}

export interface SecretWatch {
  /** Everything that happened so far, in order. */
  events: readonly SecretEvent[];
  stop(): Promise<void>;
}

/** Watches the Secrets of a namespace as a controller does: those that stand there come first, as added. */
export async function watchSecrets(
  { url, caPem }: { url: string; caPem: string },
  token: string,
  namespace: string,
): Promise<SecretWatch> {
  const agent = new Agent({ connect: { ca: caPem }, bodyTimeout: 0 });
  const events: SecretEvent[] = [];
  const { statusCode, body } = await request(`${url}/api/v1/namespaces/${namespace}/secrets?watch=true`, {
    dispatcher: agent,
    headers: { authorization: `Bearer ${token}` },
  });
  if (statusCode !== 200) throw new Error(`the watch answered ${statusCode}: ${await body.text()}`);
  let rest = '';
  body.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.map((line) => JSON.parse(line) as SecretEvent));
  });
  // The connection is cut when the test ends.
  body.on('error', () => {});
  return { events, stop: () => agent.destroy() };
}
