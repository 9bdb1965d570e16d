import { stringify } from 'yaml';

/** One object, what it made, and what import is to say of it. */
export interface Case {
  object: { apiVersion: string; kind: string; metadata: { name: string; namespace?: string }; spec: object };
  /** Kubernetes Secrets that stand there because of it; none for stores and for what makes nothing. */
  makes?: readonly Made[];
  expect: 'converted' | 'different' | 'cannot' | 'nothing' | 'store';
}

export interface Made {
  name: string;
  type?: string;
  data: Readonly<Record<string, string>>;
  immutable?: boolean;
  labels?: Readonly<Record<string, string>>;
  /** The tool puts no owner reference on it. */
  free?: boolean;
  /** What a verification finds, when it is not equal. */
  differs?: string;
}

export const NAMESPACE = 'app-1';
export const ESO = 'external-secrets.io';

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const one = (secretKey: string, key: string, more: object = {}) => ({
  secretKey,
  remoteRef: { key, ...more },
});

export const store = (kind: string, name: string, vaultUrl: string, more: object = {}) => ({
  apiVersion: `${ESO}/v1`,
  kind,
  metadata: kind === 'SecretStore' ? { name, namespace: NAMESPACE } : { name },
  spec: { provider: { azurekv: { vaultUrl, authType: 'WorkloadIdentity' } }, ...more },
});

export const es = (name: string, spec: object, version = 'v1') => ({
  apiVersion: `${ESO}/${version}`,
  kind: 'ExternalSecret',
  metadata: { name, namespace: NAMESPACE },
  spec: { refreshInterval: '1h', secretStoreRef: { name: 'kv', kind: 'SecretStore' }, ...spec },
});

export const akvs = (name: string, object: object, secret: object) => ({
  apiVersion: 'spv.no/v2beta1',
  kind: 'AzureKeyVaultSecret',
  metadata: { name, namespace: NAMESPACE },
  spec: { vault: { name: 'team', object }, ...(secret === NONE ? {} : { output: { secret } }) },
});
export const NONE = {};

export const spc = (name: string, objects: readonly object[], secretObjects: readonly object[]) => ({
  apiVersion: 'secrets-store.csi.x-k8s.io/v1',
  kind: 'SecretProviderClass',
  metadata: { name, namespace: NAMESPACE },
  spec: {
    provider: 'azure',
    parameters: {
      keyvaultName: 'team',
      tenantId: '00000000-0000-0000-0000-000000000000',
      objects: stringify({ array: objects.map((object) => stringify(object)) }),
    },
    ...(secretObjects.length === 0 ? {} : { secretObjects }),
  },
});

const marked = {
  'reconcile.external-secrets.io/managed': 'true',
  'reconcile.external-secrets.io/created-by': 'x',
};
export const ofEso = (name: string, data: Record<string, string>, more: Partial<Made> = {}): Made => ({
  name,
  data,
  ...more,
  labels: { ...marked, ...more.labels },
});

/** The Secrets of these cases, as the tools left them. `uidOf` gives that of an object, for its owner reference. */
export function leftSecrets(cases: readonly Case[], uidOf: (object: Case['object']) => string) {
  return cases.flatMap(({ object, makes = [] }) =>
    makes.map(({ name, data, labels = {}, free = false, type = 'Opaque', immutable = false }) => {
      const { apiVersion, kind, metadata } = object;
      const owner = { apiVersion, kind, name: metadata.name, uid: uidOf(object) };
      return {
        metadata: { name, labels: { ...labels }, ...(free ? {} : { ownerReferences: [owner] }) },
        type,
        ...(immutable ? { immutable } : {}),
        data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
      };
    }),
  );
}
