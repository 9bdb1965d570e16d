import type { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretClientOptions } from '@azure/keyvault-secrets';
import { VaultcastError } from '../../errors.ts';
import { ExchangeFailure } from '../exchange-failure.ts';
import { nextWait } from './retry.ts';

/** One call of ours, which may be many requests of the SDK. */
export interface VaultCall {
  /** Without `name` the whole vault, with `version` one version; a secret unless it says otherwise. */
  asked: { vault: string; name?: string; version?: string; kind?: 'secret' | 'certificate' };
  signal: AbortSignal;
  /** Milliseconds since the epoch; no attempt begins after it. A list has a new one for each page. */
  deadline: number;
  awaitsToken: boolean;
  /** Key Vault's clock at the first good answer (Date header), Unix seconds. */
  answeredAt: number | undefined;
  /** The last answer that was no success: the SDK loses it when the body is empty or no JSON. */
  refused: { status: number; retryAfter: string | undefined } | undefined;
}

type Policy = NonNullable<SecretClientOptions['additionalPolicies']>[number]['policy'];
type Request = Parameters<Policy['sendRequest']>[0];
type Send = Parameters<Policy['sendRequest']>[1];
type Reply = Awaited<ReturnType<Send>>;
type Tried = { reply: Reply } | { error: unknown };

function note(call: VaultCall, { status, headers }: Reply): void {
  const date = Date.parse(headers.get('date') ?? '');
  if (status >= 300) call.refused = { status, retryAfter: headers.get('retry-after') };
  else if (Number.isFinite(date)) call.answeredAt ??= Math.floor(date / 1000);
}

function codeOf(error: unknown): { errorCode?: string } {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? { errorCode: code } : {};
}

/** What took all its time, or cannot be read, would do so again; and our own failures are no answers. */
const isFinal = (error: unknown): boolean =>
  error instanceof VaultcastError || error instanceof ExchangeFailure;

function waitAfter(tried: Tried, number: number, { signal, deadline }: VaultCall): number | undefined {
  if (signal.aborted || ('error' in tried && isFinal(tried.error))) return undefined;
  const now = Date.now();
  const attempt =
    'reply' in tried
      ? { number, status: tried.reply.status, retryAfter: tried.reply.headers.get('retry-after') }
      : { number, status: undefined, retryAfter: undefined, ...codeOf(tried.error) };
  return nextWait(attempt, deadline - now, Math.random(), now);
}

async function send(request: Request, next: Send, call: VaultCall): Promise<Reply> {
  for (let number = 0; ; number += 1) {
    const tried: Tried = await next(request).then(
      (reply) => ({ reply }),
      (error: unknown) => ({ error }),
    );
    const wait = waitAfter(tried, number, call);
    if (wait !== undefined) {
      await sleep(wait, undefined, { signal: call.signal });
    } else if ('reply' in tried) {
      note(call, tried.reply);
      return tried.reply;
    } else throw tried.error;
  }
}

/**
 * What the SDK leaves out: it passes signal and callbacks to the first page of a list only, follows the link to the next
 * page wherever it points, and retries by rules of its own. So every request takes its limits from the call around it.
 */
export function createCallPolicy(calls: AsyncLocalStorage<VaultCall>, vaultUrl: string): Policy {
  const { origin } = new URL(vaultUrl);
  return {
    name: 'vaultcastCall',
    async sendRequest(request, next) {
      const call = calls.getStore();
      if (!call) throw new VaultcastError('INTERNAL', 'a Key Vault request outside a call');
      if (new URL(request.url).origin !== origin)
        throw new VaultcastError('VAULT_UNAVAILABLE', 'the vault pointed to another host');
      request.abortSignal = call.signal;
      return send(request, next, call);
    },
  };
}
