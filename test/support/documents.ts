import { registryDocument } from '../../shared/registry/document.ts';
import type { Cluster, Route } from '../../shared/registry/document.ts';
import type { Stored } from '../../shared/registry/row.ts';

type Fields = Record<string, unknown>;

/** A Cluster as people write it: no default is in it. */
export function writtenCluster(name = 'weu-1', spec: Fields = {}, labels: Record<string, string> = {}) {
  return {
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Cluster',
    metadata: { name, labels: { env: 'prod', ...labels } },
    spec: {
      server: `https://${name}.example.com`,
      credential: { token: { secret: `${name}-token` } },
      ...spec,
    },
  };
}

/** A Route as people write it. */
export function writtenRoute(name = 'app-1', spec: Fields = {}) {
  return {
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Route',
    metadata: { name },
    spec: {
      vault: 'team',
      prefix: `${name}--`,
      clusters: { matchLabels: { env: 'prod' } },
      namespaces: [name],
      ...spec,
    },
  };
}

export function stored(written: unknown): Stored {
  return { written, document: registryDocument.parse(written) };
}

export function aCluster(...args: Parameters<typeof writtenCluster>): Cluster {
  return registryDocument.parse(writtenCluster(...args)) as Cluster;
}

export function aRoute(...args: Parameters<typeof writtenRoute>): Route {
  return registryDocument.parse(writtenRoute(...args)) as Route;
}
