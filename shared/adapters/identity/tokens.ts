import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { tokenFailure } from './failure.ts';

/** Settles with the work, or rejects at once when the signal aborts: for callees that do not listen to signals. */
export function abandonable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abandon = (): void => reject(new DOMException('abandoned', 'AbortError'));
    if (signal.aborted) abandon();
    signal.addEventListener('abort', abandon, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abandon));
  });
}

const signalsOf = (options: GetTokenOptions | undefined, timeoutMs: number): AbortSignal => {
  const timeout = AbortSignal.timeout(timeoutMs);
  const given = options?.abortSignal;
  return given instanceof AbortSignal ? AbortSignal.any([given, timeout]) : timeout;
};

/**
 * The same credential, but it fails only with TOKEN_UNAVAILABLE, and in time: ManagedIdentityCredential 4.14 ignores the
 * signal it is given.
 */
export function boundCredential(credential: TokenCredential, timeoutMs: number): TokenCredential {
  return {
    async getToken(scopes, options) {
      const scope = typeof scopes === 'string' ? scopes : scopes.join(' ');
      try {
        const signal = signalsOf(options, timeoutMs);
        const token = await abandonable(
          credential.getToken(scopes, { ...options, abortSignal: signal }),
          signal,
        );
        if (!token?.token) throw new TypeError('no token');
        return token;
      } catch (error) {
        throw tokenFailure(error, scope);
      }
    },
  };
}

/**
 * A bearer token for a scope. `refused` is a token that a server did not accept: it is not given again as long as the
 * credential has another one (a managed identity's own cache may not).
 */
export type TokenSource = (scope: string, signal: AbortSignal, refused?: string) => Promise<string>;

const MINUTE = 60_000;

const isFresh = (token: AccessToken, now: number): boolean =>
  now < (token.refreshAfterTimestamp ?? token.expiresOnTimestamp - 5 * MINUTE);

/** One token per scope and process, and one request for it at a time, however many clusters wait. */
export function createTokenSource(
  credential: TokenCredential,
  { timeoutMs = 10_000, now = Date.now }: { timeoutMs?: number; now?: () => number } = {},
): TokenSource {
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

  return async (scope, signal, refused) => {
    if (held.get(scope)?.token === refused) held.delete(scope);
    const known = held.get(scope);
    if (known && isFresh(known, now())) return known.token;
    const token = await abandonable(coalesced(scope), signal).catch((error: unknown) => {
      throw tokenFailure(error, scope);
    });
    return token.token;
  };
}
