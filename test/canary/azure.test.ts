import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAksLookUp } from '../../shared/adapters/aks/look-up.ts';
import { createTokenSource } from '../../shared/adapters/identity/tokens.ts';
import { createKeyVault } from '../../shared/adapters/key-vault/vault.ts';
import { anAksCluster, armIdOf, startAzure } from '../adapters/aks/setup.ts';
import type { Captured } from '../stack/leaks.ts';
import { echoesOf, SILENCES } from './echoes.ts';
import { failuresOf, leaksOf } from './remains.ts';
import { aPemKey, aText, aToken } from './secrets.ts';

const NEVER = new AbortController().signal;
const login = aToken();
const key = aPemKey();
const entra = aToken();

let azure: Awaited<ReturnType<typeof startAzure>>;
beforeAll(async () => {
  azure = await startAzure();
});
afterAll(() => azure.stop());

const credential = {
  getToken: async () => ({ token: entra.value, expiresOnTimestamp: Date.now() + 3_600_000 }),
};

describe('of credentials that a cluster of Azure hands out', () => {
  it.each([
    ['a token', { token: login.value }, login],
    ['a key', { certificate: '-----BEGIN CERTIFICATE-----\nx\n', key: key.value }, key],
  ])(
    'a credential that is %s is left nowhere, whatever Azure answers',
    { timeout: 120_000 },
    async (_, given, planted) => {
      azure.arm.put({
        id: armIdOf('weu-1'),
        server: azure.cluster.url,
        caPem: azure.authority.caPem,
        login: given,
      });
      const lookUp = createAksLookUp({
        credential,
        endpoint: azure.arm.url,
        ca: azure.authority.caPem,
        timeoutMs: 250,
      });
      const { kubernetes } = azure.start();
      const cluster = anAksCluster({ allowStaticCredentials: true });
      const left: Captured[] = [];
      for (const fault of [...echoesOf(planted.value), ...echoesOf(entra.value), ...SILENCES]) {
        const remove = azure.arm.server.inject({ fault });
        const calls = {
          lookUp: () => lookUp(armIdOf('weu-1').toLowerCase()),
          namespaces: () => kubernetes.namespaces(cluster, AbortSignal.timeout(300)),
        };
        left.push(...(await failuresOf(JSON.stringify(fault).slice(0, 60), calls)));
        remove();
      }
      expect(left.length).toBeGreaterThan(200);
      expect(leaksOf(left, [...planted.secrets, ...entra.secrets])).toEqual([]);
    },
  );
});

describe('of an identity that fails and quotes', () => {
  const { value, secrets } = aText();
  const errors = [
    new Error(`token ${value}`),
    Object.assign(new Error(value), { name: value, code: value, errorResponse: { error: value } }),
    new AggregateError([new Error(value)], value, { cause: new Error(value) }),
    { message: value, toString: () => value },
  ];

  it.each(errors)('a token is left nowhere when an identity fails and quotes (%#)', async (error) => {
    const getToken = (): Promise<never> => Promise.reject(error as Error);
    const tokens = createTokenSource({ getToken });
    const vault = createKeyVault({
      vaults: new Map([['team', 'https://team.vault.localhost']]),
      credential: { getToken },
    });
    const left = await failuresOf('no token', {
      token: () => tokens('api://x/.default')(NEVER),
      list: () => vault.list('team', AbortSignal.timeout(500)),
    });
    expect(left.length).toBeGreaterThan(5);
    expect(leaksOf(left, secrets)).toEqual([]);
  });
});
