import type { TokenCredential } from '@azure/identity';
import { CliError, reasonOf } from '../terminal/failure.ts';
import { harmless } from '../terminal/text.ts';
import { textAt } from './objects.ts';

/** Azure Resource Manager with a person's own rights. Rejects with CliError, in Azure's own words. */
export interface Arm {
  /** All pages of a list. */
  list(path: string): Promise<unknown[]>;
  get(path: string): Promise<unknown>;
  /** For the lists that are asked for by POST, because they may hold secrets. */
  post(path: string): Promise<unknown>;
}

interface ArmOptions {
  credential: TokenCredential;
  /** `https://management.azure.com`, or that of another cloud. */
  origin: string;
  signal: AbortSignal;
  fetch?: typeof globalThis.fetch;
}

const TIMEOUT_MS = 30_000;

export function createArm(options: ArmOptions): Arm {
  const { origin } = options;
  const get = (path: string): Promise<unknown> => ask(options, 'GET', `${origin}${path}`);
  const list = async (path: string): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (let next = `${origin}${path}`; next !== '';) {
      const page = (await ask(options, 'GET', next)) as { value?: unknown[]; nextLink?: string };
      found.push(...(page.value ?? []));
      next = page.nextLink ?? '';
      // The token is for this host alone.
      if (next !== '' && new URL(next).origin !== origin) throw failed(`its next page is elsewhere`);
    }
    return found;
  };
  return { list, get, post: (path) => ask(options, 'POST', `${origin}${path}`) };
}

async function ask(options: ArmOptions, method: string, url: string): Promise<unknown> {
  const { credential, origin, signal, fetch = globalThis.fetch } = options;
  const token = await credential
    .getToken(`${origin}/.default`, { abortSignal: signal })
    .catch(() => undefined);
  if (token?.token === undefined)
    throw new CliError('Azure gave no token', 'Sign in first, for example with: az login');
  try {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token.token}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw failed(sentenceOf(response.status, body));
    if (typeof body !== 'object' || body === null) throw failed('its answer is no JSON object');
    return body;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CliError ? error : unreachable(origin, error);
  }
}

const LONGEST = 400;

function sentenceOf(status: number, body: unknown): string {
  const parts = [textAt(body, 'error', 'code'), textAt(body, 'error', 'message')];
  const text = parts.filter((part) => part !== '').join(': ');
  return `${status} ${text.replaceAll(/\p{C}/gu, ' ').slice(0, LONGEST)}`.trim();
}

/** Of fetch itself, which keeps the cause in an error of its own. */
function unreachable(origin: string, error: unknown): CliError {
  const { name, cause } = error instanceof Error ? error : new Error('unknown');
  const { code, message } = Object(cause) as { code?: unknown; message?: unknown };
  const said = [code, message].find((one) => typeof one === 'string') ?? reasonOf(error);
  const why =
    name === 'TimeoutError' ? `nothing within ${TIMEOUT_MS / 1000} s` : harmless(said.slice(0, LONGEST));
  return new CliError(
    `no answer from ${new URL(origin).host} (Azure Resource Manager): ${why}`,
    'Check the network and --arm. Without it: --registry-account, --storage, --vault-url, and --cluster with ARM ids.',
  );
}

function failed(why: string): CliError {
  return new CliError(
    `Azure Resource Manager: ${why}`,
    'You need the role Reader there; --registry-account, --storage, --vault-url and --cluster with ARM ids do without it.',
  );
}
