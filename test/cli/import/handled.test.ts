import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { convertAll } from '../../../shared/cli/import/convert/convert.ts';
import {
  CLUSTER_EXTERNAL_SECRET,
  EXTERNAL_SECRET,
  SECRET_STORE,
} from '../../../shared/cli/import/known/external-secret.ts';
import { AZURE_KEY_VAULT_SECRET } from '../../../shared/cli/import/known/key-vault-secret.ts';
import { SECRET_PROVIDER_CLASS } from '../../../shared/cli/import/known/provider-class.ts';
import type { findingsIn } from '../../../shared/cli/import/known/fields.ts';
import { surroundingsOf } from '../../../shared/cli/import/surroundings.ts';
import { externalSecret, one, STORE } from './importing.ts';

/** Counts how often each field is read. Import reads every field once to see whether it knows it. */
function counting(object: object) {
  const reads = new Map<string, number>();
  const wrap = (value: unknown, path: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    return new Proxy(value, {
      get(target, key) {
        const inner: unknown = Reflect.get(target, key);
        if (typeof key === 'symbol' || typeof inner === 'function' || key === 'length') return inner;
        const step = Array.isArray(target) ? `${path}[]` : `${path}.${key}`.replace(/^\./, '');
        reads.set(step, (reads.get(step) ?? 0) + 1);
        return wrap(inner, step);
      },
    });
  };
  return { object: wrap(object, '') as object, reads };
}

const SELECTOR = {
  matchLabels: { team: 'blue' },
  matchExpressions: [{ key: 'team', operator: 'In', values: ['blue'] }],
};
const TEMPLATE = {
  type: 'Opaque',
  mergePolicy: 'Merge',
  data: { url: '{{ .password }}' },
  metadata: { labels: { a: 'b' }, annotations: { a: 'b' } },
};
const TARGET = {
  name: 'x',
  creationPolicy: 'Owner',
  deletionPolicy: 'Delete',
  immutable: true,
  template: TEMPLATE,
};
const REF = { storeRef: { name: 'kv', kind: 'SecretStore' } };
const SPEC = {
  secretStoreRef: { name: 'kv', kind: 'SecretStore' },
  target: TARGET,
  refreshInterval: '1h',
  data: [{ ...one('password', 'app-1--pg', { property: 'p', decodingStrategy: 'Base64' }), sourceRef: REF }],
  dataFrom: [{ extract: { key: 'app-1--json', property: 'p', decodingStrategy: 'None' }, sourceRef: REF }],
};
const FIND = { find: { name: { regexp: 'a' }, tags: { a: 'b' }, decodingStrategy: 'None' }, sourceRef: REF };

const NAMESPACE = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'app-1', labels: { team: 'blue' } },
};
const CLUSTER_STORE = {
  ...STORE,
  kind: 'ClusterSecretStore',
  metadata: { name: 'shared' },
  spec: {
    ...STORE.spec,
    conditions: [{ namespaces: ['x'], namespaceRegexes: ['x'], namespaceSelector: SELECTOR }],
  },
};

/** Objects with every field that is handled, as far as they can stand together; and those whose fields are counted. */
const CASES: readonly [
  kind: string,
  list: Parameters<typeof findingsIn>[1],
  counted: readonly object[],
  around: readonly object[],
][] = [
  [
    'ExternalSecret',
    EXTERNAL_SECRET,
    [externalSecret(SPEC), externalSecret({ ...SPEC, dataFrom: [FIND] }), externalSecret()],
    [STORE],
  ],
  [
    'ClusterExternalSecret',
    CLUSTER_EXTERNAL_SECRET,
    [
      { externalSecretSpec: SPEC, namespaces: ['app-1'], externalSecretName: 'x' },
      { externalSecretSpec: { ...SPEC, dataFrom: [FIND] }, namespaceSelector: SELECTOR },
      { externalSecretSpec: externalSecret().spec, namespaceSelectors: [SELECTOR] },
    ].map((spec) => ({ kind: 'ClusterExternalSecret', metadata: { name: 'all' }, spec })),
    [STORE, NAMESPACE],
  ],
  [
    'ClusterSecretStore',
    SECRET_STORE,
    [CLUSTER_STORE],
    [externalSecret({ secretStoreRef: { name: 'shared', kind: 'ClusterSecretStore' } }), NAMESPACE],
  ],
  [
    'AzureKeyVaultSecret',
    AZURE_KEY_VAULT_SECRET,
    [
      {
        kind: 'AzureKeyVaultSecret',
        metadata: { name: 'a', namespace: 'app-1' },
        spec: {
          vault: { name: 'team', object: { name: 'a', type: 'secret' } },
          output: { secret: { name: 'a', type: 'Opaque', dataKey: 'k' }, transform: ['base64decode'] },
        },
      },
      {
        kind: 'AzureKeyVaultSecret',
        metadata: { name: 'b', namespace: 'app-1' },
        spec: {
          vault: {
            name: 'team',
            object: { name: 'a', type: 'multi-key-value-secret', contentType: 'application/x-json' },
          },
          output: { secret: { name: 'a', type: 'Opaque', dataKey: 'k' } },
        },
      },
    ],
    [],
  ],
  [
    'SecretProviderClass',
    SECRET_PROVIDER_CLASS,
    [
      {
        kind: 'SecretProviderClass',
        metadata: { name: 'a', namespace: 'app-1' },
        spec: {
          provider: 'azure',
          parameters: {
            keyvaultName: 'team',
            cloudName: 'AzurePublicCloud',
            objects: stringify({ array: [stringify({ objectName: 'a', objectType: 'secret' })] }),
          },
          secretObjects: [
            {
              secretName: 'a',
              type: 'Opaque',
              labels: { a: 'b' },
              annotations: { a: 'b' },
              data: [{ objectName: 'a', key: 'k' }],
            },
          ],
        },
      },
    ],
    [],
  ],
];

/** Which names and tags `find` selects is told by the keys that the Secret has; the order of a chain is always the same. */
const BY_ITS_EFFECT = /\.find\.(?:name\.regexp|tags\.\*)$|chainOrder$/;

describe.each(CASES)('the fields of %s that are called handled', (_kind, list, counted, around) => {
  it('are read to convert it, and those that are ignored are not', async () => {
    const total = new Map<string, number>();
    for (const object of counted) {
      const { object: watched, reads } = counting(object);
      const manifests = [watched, ...around].map((each) => {
        const { kind, metadata } = each as { kind: string; metadata: { name: string; namespace?: string } };
        return {
          kind,
          version: 'v1',
          namespace: metadata.namespace ?? '',
          name: metadata.name,
          object: each,
        };
      });
      const read = { manifests, allNamespaces: true, vaultDomain: 'vault.azure.net' };
      const surroundings = { ...surroundingsOf(read), keysOf: () => Promise.resolve(['k']) };
      await convertAll(manifests, surroundings);
      for (const [path, count] of reads) total.set(path, Math.max(total.get(path) ?? 0, count));
    }
    const pathsOf = (is: string): string[] =>
      Object.entries(list).flatMap(([path, one]) => (one.is === is && path.startsWith('spec') ? [path] : []));
    const readsOf = (path: string): number =>
      Math.max(0, ...[...total].flatMap(([read, count]) => (fits(path, read) ? [count] : [])));

    const unread = pathsOf('handled').filter((path) => readsOf(path) < 2);
    expect(unread.filter((path) => !BY_ITS_EFFECT.test(path))).toEqual([]);
    expect(pathsOf('ignored').filter((path) => readsOf(path) > 1)).toEqual([]);
  });
});

function fits(pattern: string, path: string): boolean {
  const expression = pattern.replaceAll(/[[\].]/g, String.raw`\$&`).replaceAll('*', '[^.]+');
  return new RegExp(`^${expression}$`).test(path);
}
