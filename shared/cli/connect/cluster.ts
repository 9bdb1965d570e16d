import { request } from 'node:https';
import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { baseAddress } from '../../adapters/http.ts';
import { CliError, reasonOf } from '../terminal/failure.ts';

/** One cluster with a person's own login. Objects are JSON as the API server sent it, so that all of it can go back. */
export interface PersonCluster {
  /** The name of the context. */
  context: string;
  /** undefined: there is none of that name. */
  get(path: string): Promise<unknown>;
  /** `conflict` when it changed or went since it was read: bodies carry the resourceVersion that was. */
  put(path: string, body: object): Promise<'written' | 'conflict'>;
}

/** Throws CliError for everything a person can fix. */
export async function openPersonCluster(
  { kubeconfig, context }: { kubeconfig?: string; context?: string },
  signal: AbortSignal,
): Promise<PersonCluster> {
  // The client is heavy: `adopt --help` need not wait for it.
  const { loadConfig, loginOf } = await import('./kubeconfig.ts');
  const config = loadConfig(kubeconfig, context);
  const server = baseAddress(config.getCurrentCluster()?.server ?? '');
  const ask = async (path: string, body?: object): Promise<Answer> => {
    const options = await loginOf(config);
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return send(new URL(server + path), options, signal, sent).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      throw new CliError(
        `no answer from ${new URL(server).host}: ${code ?? reasonOf(error)}`,
        'Check the context and the network.',
      );
    });
  };
  return {
    context: config.getCurrentContext(),
    async get(path) {
      const answer = await ask(path);
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw failed(`GET ${path}`, answer);
      return answer.body;
    },
    async put(path, body) {
      const answer = await ask(path, body);
      if (answer.status === 409 || answer.status === 404) return 'conflict';
      if (answer.status !== 200) throw failed(`PUT ${path}`, answer);
      return 'written';
    },
  };
}

export function secretPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/secrets/${name}`;
}

export function namespacePath(name: string): string {
  return `/api/v1/namespaces/${name}`;
}

function failed(what: string, { status }: Answer): CliError {
  if (status === 401)
    return new CliError(`${what}: the cluster does not know you (401)`, 'Try: kubectl auth whoami');
  if (status === 403)
    return new CliError(
      `${what}: you may not (403)`,
      'You need to get Namespaces, and to get and update Secrets, there.',
    );
  return new CliError(`${what}: the cluster answered ${status}`, 'Nothing more was done. Try again.');
}

interface Answer {
  status: number;
  body: unknown;
}

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 4 * 1024 * 1024;

function send(url: URL, options: RequestOptions, signal: AbortSignal, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const own = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'vaultcast' };
    const headers = { ...own, ...(options.headers as OutgoingHttpHeaders | undefined) };
    const method = body === undefined ? 'GET' : 'PUT';
    const sent = request(url, {
      ...options,
      method,
      headers: headers as Record<string, string>,
      signal: bound,
    });
    sent.on('response', (response) => void answerOf(response).then(resolve, reject));
    sent.on('error', reject);
    sent.end(body);
  });
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const content = (await buffer(response)).subarray(0, MAX_BYTES).toString('utf8');
  try {
    return { status: response.statusCode ?? 0, body: JSON.parse(content) as unknown };
  } catch {
    // The message of JSON.parse quotes its input, which may be a Secret.
    return { status: response.statusCode ?? 0, body: undefined };
  }
}
