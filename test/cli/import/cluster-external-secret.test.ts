import { describe, expect, it } from 'vitest';
import { externalSecret, importing, STORE } from './importing.ts';

describe('a ClusterExternalSecret', () => {
  it('becomes one route for namespaces in which it comes to the same, and is itself what it is called by', async () => {
    const all = {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ClusterExternalSecret',
      metadata: { name: 'all' },
      spec: {
        externalSecretName: 'pg',
        namespaces: ['app-1', 'app-2', 'app-3', 'app-4'],
        externalSecretSpec: externalSecret().spec,
      },
    };
    const storeIn = (namespace: string, vault = 'team') => ({
      ...STORE,
      metadata: { name: 'kv', namespace },
      spec: { provider: { azurekv: { vaultUrl: `https://${vault}.vault.azure.net` } } },
    });

    const { items, routes } = await importing([
      all,
      storeIn('app-1'),
      storeIn('app-2'),
      storeIn('app-3', 'other'),
    ]);

    expect(routes.map(({ spec }) => spec['namespaces'])).toEqual([['app-1', 'app-2'], ['app-3']]);
    expect(items.map(({ result, secrets }) => [result, secrets])).toEqual([
      ['converted', ['app-1/pg', 'app-2/pg']],
      ['converted', ['app-3/pg']],
      ['cannot', undefined],
    ]);
    const origin = { kind: 'ClusterExternalSecret', namespace: '', name: 'all' };
    expect(items.map(({ from }) => from)).toEqual([[origin], [origin], [origin]]);
  });
});
