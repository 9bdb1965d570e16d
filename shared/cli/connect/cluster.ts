import { request } from 'node:https';
import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { baseAddress } from '../../adapters/http.ts';
import { readStatus } from '../../adapters/kubernetes/failure.ts';
import { CliError, reasonOf } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { harmless } from '../terminal/text.ts';
import { kubeconfigFiles } from './kubeconfig-files.ts';

/** One object as the API server sent it, so that all of it can go back; or why it was not to be had. */
type Looked = { state: 'found'; body: unknown } | { state: 'absent' } | Refused;

/** What became of a PUT; `conflict`: it changed or went since it was read, for bodies carry the resourceVersion that was. */
type Put = { state: 'written' } | { state: 'conflict' } | Refused;

/** The API server's own sentence, on one line: a right that is missing, a policy, a quota. */
interface Refused {
  state: 'refused';
  why: string;
}

/** One cluster with a person's own login. Rejects with CliError only where nothing else would go either. */
export interface PersonCluster {
  /** The name of the context. */
  context: string;
  /** URL without a slash at its end. */
  server: string;
  get(path: string): Promise<Looked>;
  put(path: string, body: object): Promise<Put>;
}

/** Throws CliError for everything a person can fix. */
export async function openPersonCluster(
  { kubeconfig, context }: { kubeconfig?: string; context?: string },
  { env, signal }: Io,
): Promise<PersonCluster> {
  const files = kubeconfigFiles(kubeconfig, env);
  // The client is heavy: `adopt --help` need not wait for it.
  const { loadConfig, loginOf } = await import('./kubeconfig.ts');
  const config = loadConfig(files, context);
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
    server,
    async get(path) {
      const answer = await ask(path);
      if (answer.status === 404) return { state: 'absent' };
      return answer.status === 200 ? { state: 'found', body: parsed(answer) } : refused(answer);
    },
    async put(path, body) {
      const answer = await ask(path, body);
      if (answer.status === 409 || answer.status === 404) return { state: 'conflict' };
      return answer.status === 200 ? { state: 'written' } : refused(answer);
    },
  };
}

export function secretPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/secrets/${name}`;
}

export function namespacePath(name: string): string {
  return `/api/v1/namespaces/${name}`;
}

const LONGEST = 500;

/** Throws CliError where the login itself is refused: everything else would be, too. */
function refused({ status, content }: Answer): Refused {
  if (status === 401) throw new CliError('the cluster does not know you (401)', 'Try: kubectl auth whoami');
  const said = harmless(readStatus(content).message.replaceAll(/\s+/g, ' ').trim());
  return { state: 'refused', why: said === '' ? `the cluster answered ${status}` : said.slice(0, LONGEST) };
}

interface Answer {
  status: number;
  content: string;
}

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 16 * 1024 * 1024;

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
  return { status: response.statusCode ?? 0, content };
}

function parsed({ content }: Answer): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    // The message of JSON.parse quotes its input, which may be a Secret.
    throw new CliError('the cluster answered with something that is not JSON', 'Check the context.');
  }
}
