import type { AccessToken, TokenCredential } from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { boundCredential, createTokenSource } from '../../../shared/adapters/identity/tokens.ts';
import { failureOf } from '../../../shared/errors.ts';

const HOUR = 3_600_000;
const SCOPE = 'api://clusters/.default';
const signal = () => AbortSignal.timeout(10_000);

/** Gives token-1, token-2 ...; `asked` are the scopes. */
function counting(life = HOUR, more: Partial<AccessToken> = {}) {
  const asked: string[] = [];
  let now = 1_000_000;
  const credential: TokenCredential = {
    getToken: async (scope) => {
      asked.push(String(scope));
      return { token: `token-${asked.length}`, expiresOnTimestamp: now + life, ...more };
    },
  };
  return { asked, credential, clock: () => now, pass: (ms: number) => void (now += ms) };
}

describe('a token source', () => {
  it('asks once per scope, however many want it at once', async () => {
    const { asked, credential, clock } = counting();
    const tokens = createTokenSource(credential, { now: clock });
    const all = await Promise.all([1, 2, 3].map(() => tokens(SCOPE)(signal())));
    expect(all).toEqual(['token-1', 'token-1', 'token-1']);
    expect(await tokens('api://other/.default')(signal())).toBe('token-2');
    expect(asked).toEqual([SCOPE, 'api://other/.default']);
  });

  it('renews before the token expires', async () => {
    const { credential, clock, pass } = counting();
    const tokens = createTokenSource(credential, { now: clock });
    await tokens(SCOPE)(signal());
    pass(HOUR - 6 * 60_000);
    expect(await tokens(SCOPE)(signal())).toBe('token-1');
    pass(2 * 60_000);
    expect(await tokens(SCOPE)(signal())).toBe('token-2');
  });

  it('keeps a living token when renewing it fails', async () => {
    const { credential, clock, pass } = counting();
    let broken = false;
    const flaky: TokenCredential = {
      getToken: async (scope) => {
        if (broken) throw new Error('down');
        return credential.getToken(scope);
      },
    };
    const tokens = createTokenSource(flaky, { now: clock });
    await tokens(SCOPE)(signal());
    broken = true;
    pass(HOUR - 4 * 60_000);
    expect(await tokens(SCOPE)(signal())).toBe('token-1');
    pass(4 * 60_000);
    expect(await tokens(SCOPE)(signal()).catch(failureOf)).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  });

  it('does not give a refused token again, and renews it once for all who were refused', async () => {
    const { asked, credential, clock } = counting();
    const tokens = createTokenSource(credential, { now: clock });
    const first = await tokens(SCOPE)(signal());
    const again = await Promise.all([1, 2].map(() => tokens(SCOPE)(signal(), first)));
    expect(again).toEqual(['token-2', 'token-2']);
    expect(await tokens(SCOPE)(signal(), first)).toBe('token-2');
    expect(asked).toHaveLength(2);
  });

  it('asks again after a failure', async () => {
    let failures = 1;
    const { credential } = counting();
    const flaky: TokenCredential = {
      getToken: async (scope) => {
        if (failures-- > 0) throw new Error('down');
        return credential.getToken(scope);
      },
    };
    const tokens = createTokenSource(flaky);
    expect(await tokens(SCOPE)(signal()).catch(failureOf)).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(await tokens(SCOPE)(signal())).toBe('token-1');
  });

  it('lets a caller go when its signal aborts, and serves the others', async () => {
    let answer = (_token: AccessToken): void => {};
    const slow: TokenCredential = { getToken: () => new Promise((resolve) => void (answer = resolve)) };
    const tokens = createTokenSource(slow);
    const patient = tokens(SCOPE)(signal());
    const hasty = tokens(SCOPE)(AbortSignal.timeout(20)).catch(failureOf);
    expect(await hasty).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    answer({ token: 't', expiresOnTimestamp: Date.now() + HOUR });
    expect(await patient).toBe('t');
  });
});

describe('a bound credential', () => {
  const failure = async (getToken: TokenCredential['getToken']) =>
    failureOf(
      await boundCredential({ getToken }, 50)
        .getToken(SCOPE)
        .catch((error: unknown) => error),
    );

  it('fails in time although the credential ignores its signal', async () => {
    expect(await failure(() => new Promise(() => {}))).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  });

  it('says the class and number of an Entra error, and not its words', async () => {
    const error = Object.assign(new Error('AADSTS700016: Application hunter2 was not found'), {
      name: 'CredentialUnavailableError',
    });
    const { message } = await failure(() => Promise.reject(error));
    expect(message).toContain('CredentialUnavailableError, AADSTS700016');
    expect(message).toContain(SCOPE);
    expect(message).not.toContain('hunter2');
  });

  it.each(['hunter2', undefined, null, { name: 'a b hunter2' }])('survives %j thrown', async (thrown) => {
    const found = await failure(() => Promise.reject(thrown));
    expect(found.code).toBe('TOKEN_UNAVAILABLE');
    expect(found.message).not.toContain('hunter2');
  });

  it('takes an empty token for none', async () => {
    expect((await failure(async () => ({ token: '', expiresOnTimestamp: 0 }))).code).toBe(
      'TOKEN_UNAVAILABLE',
    );
  });
});
