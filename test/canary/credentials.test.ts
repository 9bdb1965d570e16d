import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rightsVerdicts } from '../../shared/check/rights.ts';
import { lineOf } from '../../shared/check/verdict.ts';
import { wayVerdicts } from '../../shared/check/way.ts';
import type { Cluster } from '../../shared/registry/document.ts';
import { startStored } from '../adapters/identity/stored/setup.ts';
import type { Captured } from '../stack/leaks.ts';
import { echoesOf, SILENCES } from './echoes.ts';
import { failuresOf, leaksOf } from './remains.ts';
import { aBase64, aJson, aPemKey, aText, aToken } from './secrets.ts';

const TOKEN = { token: { secret: 'weu-1-token' } };
const CERTIFICATE = { clientCertificate: { secret: 'weu-1-cert' } };
const token = aToken();

let here: Awaited<ReturnType<typeof startStored>>;
let pem: { key: string; cert: string };
beforeAll(async () => {
  here = await startStored();
  pem = await here.authority.issueClient('pusher');
});
afterAll(() => here.stop());

/** The lines of a key that no other key has. */
const linesOf = (key: string): string[] =>
  key
    .split('\n')
    .slice(1, -2)
    .map((line) => line.slice(36));

const soon = (): AbortSignal => AbortSignal.timeout(200);
const callsOf = (cluster: Cluster) => ({
  namespace: () => here.kubernetes.namespace(cluster, 'app-1', soon()),
  namespaces: () => here.kubernetes.namespaces(cluster, soon()),
  /** What is kept of a check are its lines. */
  check: async () => {
    const found = await here.kubernetes.inspect(cluster, soon());
    const verdicts = [...wayVerdicts(found, cluster, Date.now()), ...rightsVerdicts(found, cluster)];
    throw new Error(verdicts.map(lineOf).join('\n'));
  },
});

/** Answers of the cluster to a credential that is known, and of the vault to a question it has not heard before. */
async function tryAll(
  form: 'token' | 'clientCertificate',
  secret: string,
  value: string,
): Promise<Captured[]> {
  const left: Captured[] = [];
  const known = here.document({ [form]: { secret } });
  for (const [number, fault] of [...echoesOf(value), ...SILENCES].entries()) {
    const what = JSON.stringify(fault).slice(0, 60);
    const unheard = here.document({ [form]: { secret: `unheard-${form}-${number}` } });
    for (const [server, cluster] of [
      [here.cluster.server, known],
      [here.vault.server, unheard],
    ] as const) {
      const remove = server.inject({ fault });
      left.push(...(await failuresOf(what, callsOf(cluster))));
      remove();
    }
  }
  return left;
}

describe('of a stored credential', () => {
  it('a stored token is left nowhere, whatever vault and cluster answer', { timeout: 300_000 }, async () => {
    here.known.token = token.value;
    here.store('weu-1-token', token.value);
    const left = await tryAll('token', 'weu-1-token', token.value);
    expect(left.length).toBeGreaterThan(200);
    expect(leaksOf(left, token.secrets)).toEqual([]);
  });

  it('a stored certificate is left nowhere with its key', { timeout: 300_000 }, async () => {
    here.store('weu-1-cert', pem.key + pem.cert, { contentType: 'application/x-pem-file' });
    const left = await tryAll('clientCertificate', 'weu-1-cert', pem.key);
    expect(left.length).toBeGreaterThan(200);
    expect(leaksOf(left, linesOf(pem.key))).toEqual([]);
  });

  it.each([
    ['text', aText()],
    ['JSON', aJson()],
    ['base64', aBase64()],
    ['another key', aPemKey()],
    ['a token of two lines', { ...token, value: `${token.value}\n${token.value}` }],
    ['half a key', { value: aPemKey().value.slice(0, 900), secrets: [] }],
  ])('a stored credential that is none but %s is left nowhere', async (_, { value, secrets }) => {
    const half = value.split('\n').slice(2, -2);
    here.store('weu-1-token', value);
    here.store('weu-1-cert', value + pem.cert, { contentType: 'application/x-pem-file' });
    here.pass(120_000);
    const left = [TOKEN, CERTIFICATE].map((credential) =>
      failuresOf('none', callsOf(here.document(credential))),
    );
    const all = (await Promise.all(left)).flat();
    expect(all.length).toBeGreaterThan(5);
    expect(leaksOf(all, [...secrets, ...half])).toEqual([]);
  });
});
