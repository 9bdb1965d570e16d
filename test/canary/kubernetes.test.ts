import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEntraConnect } from '../../shared/adapters/kubernetes/connection.ts';
import type { LiveSecret } from '../../shared/target/secret.ts';
import { startCluster } from '../adapters/kubernetes/setup.ts';
import { aLiveSecret } from '../support/builders.ts';
import { echoesOf, SILENCES } from './echoes.ts';
import { failuresOf, leaksOf } from './remains.ts';
import { aToken, KINDS } from './secrets.ts';

const TARGET = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
const NEVER = new AbortController().signal;
const token = aToken();

let local: Awaited<ReturnType<typeof startCluster>>;
beforeAll(async () => {
  local = await startCluster({
    authenticate: async (given) => (given === token.value ? 'pusher' : undefined),
    adapter: {
      connect: createEntraConnect(() => async () => token.value),
      timeoutMs: 250,
      maxBodyBytes: 100_000,
    },
  });
  local.standIn.createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
  // The client is loaded by the first call, which takes longer than the others may.
  await local.kubernetes.namespaces(local.cluster, NEVER).catch(() => {});
});
afterAll(() => local.stop());

function callsFor(secret: LiveSecret) {
  const { kubernetes, cluster } = local;
  return {
    namespace: () => kubernetes.namespace(cluster, 'app-1', NEVER),
    namespaces: () => kubernetes.namespaces(cluster, NEVER),
    secret: () => kubernetes.secret(cluster, TARGET, NEVER),
    managedSecrets: () => kubernetes.managedSecrets(cluster, 'app-1', NEVER),
    create: () => kubernetes.create(cluster, secret, NEVER),
    replace: () => kubernetes.replace(cluster, secret, secret, NEVER),
    remove: () => kubernetes.remove(cluster, secret, NEVER),
  };
}

describe.each(KINDS)('of a Secret with %s, whatever an API server answers', (_, plant) => {
  it('no error, line or row holds it', { timeout: 120_000 }, async () => {
    const { value, secrets } = plant();
    const data = { password: Buffer.from(value).toString('base64') };
    local.standIn.put('app-1', { metadata: { name: 'pg' }, data });
    const calls = callsFor(aLiveSecret({ data }));
    const left = [];
    for (const fault of [...echoesOf(value), ...echoesOf(token.value), ...SILENCES]) {
      const remove = local.standIn.server.inject({ fault });
      left.push(...(await failuresOf(JSON.stringify(fault).slice(0, 60), calls)));
      remove();
    }
    expect(left.length).toBeGreaterThan(500);
    expect(leaksOf(left, [...secrets, ...token.secrets])).toEqual([]);
  });
});
