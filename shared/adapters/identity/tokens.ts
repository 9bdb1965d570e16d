import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { VaultcastError } from '../../errors.ts';
import { unlessAborted } from '../../time.ts';

const MINUTE = 60_000;

const isFresh = (token: AccessToken, now: number): boolean =>
  now < (token.refreshAfterTimestamp ?? token.expiresOnTimestamp - 5 * MINUTE);

/**
 * Bearer tokens by scope: one per scope and process, and one request for it at a time, however many clusters wait. `refused` is
 * a token that a server did not accept: it is not given again as long as the credential has another one (a managed identity's
 * own cache may not).
 */
export function createTokenSource(
  credential: TokenCredential,
  { timeoutMs = 10_000, now = Date.now }: { timeoutMs?: number; now?: () => number } = {},
) {
  const bounded = boundCredential(credential, timeoutMs);
  const held = new Map<string, AccessToken>();
  const pending = new Map<string, Promise<AccessToken>>();

  const ask = async (scope: string): Promise<AccessToken> => {
    const old = held.get(scope);
    try {
      const token = await bounded.getToken(scope);
      if (token === null) throw new TypeError('no token');
      held.set(scope, token);
      return token;
    } catch (error) {
      // A refresh ahead of time may fail as long as the old token lives.
      if (old && held.has(scope) && old.expiresOnTimestamp > now() + MINUTE) return old;
      throw tokenFailure(error, scope);
    } finally {
      pending.delete(scope);
    }
  };
  const coalesced = (scope: string): Promise<AccessToken> => {
    const work = pending.get(scope) ?? ask(scope);
    pending.set(scope, work);
    return work;
  };

  return (scope: string) => async (signal: AbortSignal, refused?: string) => {
    if (held.get(scope)?.token === refused) held.delete(scope);
    const known = held.get(scope);
    if (known && isFresh(known, now())) return known.token;
    const late = (): VaultcastError => tokenFailure(signal.reason, scope);
    return (await unlessAborted(signal, coalesced(scope), late)).token;
  };
}

/**
 * The same credential, but it fails only with TOKEN_UNAVAILABLE, and in time: ManagedIdentityCredential 4.14 ignores the
 * signal it is given.
 */
export function boundCredential(credential: TokenCredential, timeoutMs: number): TokenCredential {
  return {
    async getToken(scopes, options) {
      const scope = typeof scopes === 'string' ? scopes : scopes.join(' ');
      const signal = signalOf(options, timeoutMs);
      const late = (): VaultcastError => tokenFailure(signal.reason, scope);
      try {
        const work = credential.getToken(scopes, { ...options, abortSignal: signal });
        const token = await unlessAborted(signal, work, late);
        if (!token?.token) throw new TypeError('no token');
        return token;
      } catch (error) {
        throw tokenFailure(error, scope);
      }
    },
  };
}

function signalOf(options: GetTokenOptions | undefined, timeoutMs: number): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  const given = options?.abortSignal;
  return given instanceof AbortSignal ? AbortSignal.any([given, timeout]) : timeout;
}

/** Any failure to get a token. Retried; who mends it: the deployment (identity assigned? AZURE_CLIENT_ID right?). */
function tokenFailure(error: unknown, scope: string): VaultcastError {
  if (error instanceof VaultcastError) return error;
  const advice = 'check AZURE_CLIENT_ID and that the identity is assigned to the app';
  return new VaultcastError('TOKEN_UNAVAILABLE', `no token for ${scope} (${reasonOf(error)}); ${advice}`);
}

/** What may be said of an SDK's error: its class and Entra's own number, never its text, which quotes requests. */
function reasonOf(error: unknown): string {
  const name = textIn(error, 'name');
  const entra = /\bAADSTS\d{4,7}\b/.exec(textIn(error, 'message'))?.[0];
  return [/^[A-Za-z]{1,60}$/.test(name) ? name : 'Error', ...(entra ? [entra] : [])].join(', ');
}

function textIn(error: unknown, field: 'name' | 'message'): string {
  const value = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return typeof value === 'string' ? value : '';
}
