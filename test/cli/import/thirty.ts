import { createPrivateKey } from 'node:crypto';
import type { Issued } from '../../local/network/authority.ts';
import { akvs, base64, es, ESO, NAMESPACE, NONE, ofEso, one, spc, store } from './tools.ts';
import type { Case } from './tools.ts';

/*
 * A namespace that lived with three other tools: thirty objects of theirs, what the vault holds, and the Secrets as the tools
 * leave them, written down here by hand and not by any code of ours.
 */

export interface Thirty {
  cases: readonly Case[];
  /** Secrets of the vault. */
  vault: Readonly<Record<string, { value: string; contentType?: string }>>;
}

interface World {
  /** Of vault `team`. */
  vaultUrl: string;
  web: Issued;
}

export function thirty({ vaultUrl, web }: World): Thirty {
  return {
    cases: [...stores(vaultUrl), ...simple(), ...fromJson(), ...special(), ...others(web)],
    vault: vault(web),
  };
}

function stores(vaultUrl: string): Case[] {
  const conditions = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } } }];
  return [
    { object: store('SecretStore', 'kv', vaultUrl), expect: 'store' },
    { object: store('ClusterSecretStore', 'shared', vaultUrl, { conditions }), expect: 'store' },
  ];
}

function simple(): Case[] {
  return [
    {
      object: es('pg', { data: [one('user', 'app-1--pg--user'), one('password', 'app-1--pg--password')] }),
      makes: [ofEso('pg', { user: 'me', password: 'pg-pw-1' })],
      expect: 'converted',
    },
    {
      object: es('props', {
        data: [
          one('user', 'app-1--json', { property: 'user' }),
          one('deep', 'app-1--json', { property: 'db.host' }),
        ],
      }),
      makes: [ofEso('props', { user: 'json-me', deep: 'db.example.com' })],
      expect: 'converted',
    },
    {
      object: es('bytes', { data: [one('bytes', 'app-1--coded', { decodingStrategy: 'Base64' })] }),
      makes: [ofEso('bytes', { bytes: 'geheim' })],
      expect: 'converted',
    },
    {
      object: es('pull', {
        target: { template: { type: 'kubernetes.io/dockerconfigjson' } },
        data: [one('.dockerconfigjson', 'app-1--pull')],
      }),
      makes: [
        ofEso('pull', { '.dockerconfigjson': '{"auths":{}}' }, { type: 'kubernetes.io/dockerconfigjson' }),
      ],
      expect: 'converted',
    },
    {
      object: es('frozen', { target: { immutable: true }, data: [one('k', 'app-1--frozen')] }),
      makes: [ofEso('frozen', { k: 'cold' }, { immutable: true })],
      expect: 'converted',
    },
    {
      object: es('orphan', { target: { creationPolicy: 'Orphan' }, data: [one('k', 'app-1--orphan')] }),
      makes: [ofEso('orphan', { k: 'alone' }, { free: true })],
      expect: 'converted',
    },
    {
      object: es('removed', { target: { deletionPolicy: 'Delete' }, data: [one('k', 'app-1--removed')] }),
      makes: [ofEso('removed', { k: 'still here' })],
      expect: 'converted',
    },
    {
      object: es('once', { refreshPolicy: 'CreatedOnce', data: [one('k', 'shared--smtp--password')] }),
      makes: [ofEso('once', { k: 'smtp' })],
      expect: 'different',
    },
  ];
}

function fromJson(): Case[] {
  const extract = { dataFrom: [{ extract: { key: 'app-1--json' } }] };
  return [
    {
      object: es('app-1--flat', { dataFrom: [{ extract: { key: 'app-1--flat' } }] }),
      makes: [ofEso('app-1--flat', { a: '1', b: 'two' })],
      expect: 'converted',
    },
    {
      object: es('cfg', { dataFrom: [{ extract: { key: 'app-1--cfg' } }] }),
      makes: [ofEso('cfg', { level: 'debug' })],
      expect: 'converted',
    },
    {
      object: es('settings', extract),
      makes: [ofEso('settings', { user: 'json-me', password: 'json-pw', db: '{"host":"db.example.com"}' })],
      expect: 'different',
    },
    {
      object: es('dsn', {
        ...extract,
        target: { template: { data: { url: 'pg://{{ .user }}:{{ .password }}@db' } } },
      }),
      makes: [ofEso('dsn', { url: 'pg://json-me:json-pw@db' })],
      expect: 'converted',
    },
    {
      object: es('found', { dataFrom: [{ find: { name: { regexp: '^app-1--pg' } } }] }),
      makes: [ofEso('found', { 'app-1--pg--user': 'me', 'app-1--pg--password': 'pg-pw-1' })],
      expect: 'different',
    },
  ];
}

function special(): Case[] {
  const everywhere = {
    apiVersion: `${ESO}/v1`,
    kind: 'ClusterExternalSecret',
    metadata: { name: 'everywhere' },
    spec: {
      namespaceSelectors: [{ matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } }],
      externalSecretName: 'ca',
      externalSecretSpec: {
        secretStoreRef: { name: 'shared', kind: 'ClusterSecretStore' },
        data: [one('ca.crt', 'shared--ca')],
      },
    },
  };
  const byCluster = { secretStoreRef: { name: 'shared', kind: 'ClusterSecretStore' } };
  const generatorRef = { kind: 'Password', name: 'x' };
  return [
    {
      object: es('beta', { ...byCluster, data: [one('k', 'app-1--beta')] }, 'v1beta1'),
      makes: [ofEso('beta', { k: 'b' })],
      expect: 'converted',
    },
    { object: everywhere, makes: [ofEso('ca', { 'ca.crt': 'PEM' })], expect: 'different' },
    { object: es('pinned', { data: [one('k', 'app-1--pg--user', { version: 'abc' })] }), expect: 'cannot' },
    { object: es('generated', { dataFrom: [{ sourceRef: { generatorRef } }] }), expect: 'cannot' },
    {
      object: es('none', { target: { creationPolicy: 'None' }, data: [one('k', 'app-1--pg--user')] }),
      expect: 'nothing',
    },
  ];
}

function others(web: Issued): Case[] {
  const sec1 = createPrivateKey(web.key).export({ type: 'sec1', format: 'pem' }).toString();
  const csi = { 'secrets-store.csi.k8s.io/managed': 'true' };
  const objects = [
    { objectName: 'app-1--pg--password', objectType: 'secret', objectAlias: 'PW' },
    { objectName: 'app-1--coded', objectType: 'secret', objectEncoding: 'base64' },
  ];
  const json = { name: 'app-1--multi', type: 'multi-key-value-secret', contentType: 'application/x-json' };
  return [
    {
      object: akvs(
        'smtp',
        { name: 'shared--smtp--password', type: 'secret' },
        { name: 'smtp', dataKey: 'password' },
      ),
      makes: [{ name: 'smtp', data: { password: 'smtp' } }],
      expect: 'converted',
    },
    {
      object: akvs(
        'joined-1',
        { name: 'app-1--pg--user', type: 'secret' },
        { name: 'joined', dataKey: 'user' },
      ),
      makes: [{ name: 'joined', data: { user: 'me', password: 'pg-pw-1' } }],
      expect: 'converted',
    },
    {
      object: akvs(
        'joined-2',
        { name: 'app-1--pg--password', type: 'secret' },
        { name: 'joined', dataKey: 'password' },
      ),
      expect: 'converted',
    },
    {
      object: akvs(
        'login',
        { name: 'app-1--login', type: 'secret' },
        { name: 'login', type: 'kubernetes.io/basic-auth' },
      ),
      makes: [{ name: 'login', type: 'kubernetes.io/basic-auth', data: { username: 'bob', password: 'pw' } }],
      expect: 'converted',
    },
    {
      object: akvs('multi', json, { name: 'values' }),
      makes: [{ name: 'values', data: { x: '1', y: 'z' } }],
      expect: 'different',
    },
    {
      object: akvs(
        'web',
        { name: 'app-1--web', type: 'certificate' },
        { name: 'web', type: 'kubernetes.io/tls' },
      ),
      makes: [
        {
          name: 'web',
          type: 'kubernetes.io/tls',
          data: { 'tls.crt': `${web.cert}\n`, 'tls.key': sec1.replaceAll('EC PRIVATE', 'RSA PRIVATE') },
          differs: 'tls.key has another value',
        },
      ],
      expect: 'different',
    },
    {
      object: akvs('signing', { name: 'signing', type: 'key' }, { name: 'signing', dataKey: 'k' }),
      expect: 'cannot',
    },
    { object: akvs('env', { name: 'app-1--pg--user', type: 'secret' }, NONE), expect: 'nothing' },
    {
      object: spc('volume', objects, [
        { secretName: 'csi-a', type: 'Opaque', data: [{ objectName: 'PW', key: 'password' }] },
        { secretName: 'csi-b', type: 'Opaque', data: [{ objectName: 'app-1--coded', key: 'bytes' }] },
      ]),
      makes: [
        { name: 'csi-a', data: { password: 'pg-pw-1' }, labels: csi },
        { name: 'csi-b', data: { bytes: 'geheim' }, labels: csi },
      ],
      expect: 'different',
    },
    { object: spc('files', objects, []), expect: 'nothing' },
  ];
}

function vault(web: Issued): Thirty['vault'] {
  const values: Record<string, string> = {
    'app-1--pg--user': 'me',
    'app-1--pg--password': 'pg-pw-1',
    'app-1--json': '{"user":"json-me","password":"json-pw","db":{"host":"db.example.com"}}',
    'app-1--coded': base64('geheim'),
    'app-1--pull': '{"auths":{}}',
    'app-1--frozen': 'cold',
    'app-1--orphan': 'alone',
    'app-1--removed': 'still here',
    'shared--smtp--password': 'smtp',
    'app-1--flat': '{"a":"1","b":"two"}',
    'app-1--cfg': '{"level":"debug"}',
    'app-1--beta': 'b',
    'shared--ca': 'PEM',
    'app-1--login': 'bob:pw',
    'app-1--multi': '{"x":"1","y":"z"}',
  };
  const plain = Object.entries(values).map(([name, value]) => [name, { value }] as const);
  const contentType = 'application/x-pem-file';
  return { ...Object.fromEntries(plain), 'app-1--web': { value: web.key + '\n' + web.cert, contentType } };
}
