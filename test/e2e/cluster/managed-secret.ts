import { expect } from 'vitest';

import type { Call } from './call.ts';

export interface SecretBody {
  metadata: {
    namespace: string;
    name: string;
    finalizers: string[];
    labels: object;
    annotations: object;
    ownerReferences?: object[];
  };
  type: string;
  [field: string]: unknown;
}

interface ManagedSecret {
  namespace: string;
  name?: string;
  type?: string;
  vault?: string;
  /** Names of secrets; default: one below the prefix that is called like the namespace. */
  sources?: string[];
  instance?: string;
  /** The Secret that it says it is. */
  target?: string;
  password?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
}

/** Of the policies and of what is written here; the app of the local stack has the same. */
export const INSTANCE = 'vaultcast-local';

/** A Secret as vaultcast writes it; an empty label or annotation is left out. */
export function aManagedSecret(secret: ManagedSecret): SecretBody {
  const { namespace, name = 'pg', type = 'Opaque', vault = 'team', finalizers = [] } = secret;
  const { sources = [`${namespace}--${name}--password`], target = `weu-1/${namespace}/${name}` } = secret;
  const labels = {
    'app.kubernetes.io/managed-by': 'vaultcast',
    'vaultcast.dev/instance': secret.instance ?? INSTANCE,
    ...secret.labels,
  };
  const annotations = {
    'vaultcast.dev/target': target,
    'vaultcast.dev/route': 'everything',
    'vaultcast.dev/sources': sources.map((source) => recorded(vault, source)).join(','),
    ...secret.annotations,
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type,
    metadata: { namespace, name, finalizers, labels: filled(labels), annotations: filled(annotations) },
    stringData: { password: secret.password ?? 'only for the target' },
  };
}

const recorded = (vault: string, source: string): string =>
  `${vault}/${source}@0123456789abcdef0123456789abcdef:1764000000`;

function filled(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

export const secretsPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/secrets`;

export const secretPath = ({ metadata }: SecretBody): string =>
  `${secretsPath(metadata.namespace)}/${metadata.name}`;

/** `accept`: the annotation; undefined leaves it out. */
export async function createNamespace(admin: Call, name: string, accept: string | undefined): Promise<void> {
  const annotations = accept === undefined ? {} : { 'vaultcast.dev/accept': accept };
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } };
  expect(await admin('/api/v1/namespaces', { method: 'POST', body })).toMatchObject({ status: 201 });
}
