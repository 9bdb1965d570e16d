import { ownershipOf } from '../../shared/target/ownership.ts';
import type { SourceProperties } from '../../shared/source/source.ts';
import type { Cluster, Route } from '../../shared/registry/document.ts';
import { registryDocument } from '../../shared/registry/document.ts';
import { fingerprintOf } from '../../shared/status/fingerprint.ts';
import { blankRow, type TargetStatus } from '../../shared/status/target.ts';

/** 100 clusters, each with 1,000 Secrets of 1,000 secrets, in ten namespaces. */
export const CLUSTERS = 100;
export const NAMESPACES = 10;
const PER_NAMESPACE = 100;
export const INSTANCE = 'bench';
/** A row is trusted when its read came ten minutes after its secret was updated. */
const MARGIN_SECONDS = 600;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

export const clusterNames: readonly string[] = numbers(CLUSTERS).map((at) => `bench-${at}`);
export const namespaceNames: readonly string[] = numbers(NAMESPACES).map((at) => `app-${at}`);
const services = numbers(PER_NAMESPACE).map((at) => `service-${at}`);

/** What a child process works on. */
export interface Order {
  vault: string;
  /** Of the API servers of all clusters, which differ by their path. */
  server: string;
  caPem: string;
  vaultToken: string;
  rounds: number;
}

/** What a child process measured. */
export interface Measured {
  milliseconds: number[];
  peakMiB: number;
}

export function secretNames(): string[] {
  return namespaceNames.flatMap((namespace) =>
    services.map((service) => `${namespace}--${service}--password`),
  );
}

/** One Secret as its metadata says; the same in every cluster but for the cluster's name. */
export function metadataOf(cluster: string, namespace: string, service: string) {
  const target = { cluster, namespace, name: service };
  const sources = `team/${namespace}--${service}--password@${'0'.repeat(31)}1:1790000000`;
  const uid = `00000000-0000-4000-8000-${namespace}${service}`;
  return {
    name: service,
    namespace,
    uid,
    resourceVersion: '7',
    creationTimestamp: '2026-11-20T00:00:00Z',
    ...ownershipOf(target, INSTANCE, 'everything', sources),
  };
}

export function objectsOf(cluster: string, namespace: string): object[] {
  return services.map((service) => ({ metadata: metadataOf(cluster, namespace, service) }));
}

export function clusterOf(name: string, { server, caPem }: Order): Cluster {
  const parsed = registryDocument.parse({
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Cluster',
    metadata: { name, labels: { env: 'bench' } },
    spec: {
      server: `${server}/${name}`,
      certificateAuthorityData: Buffer.from(caPem).toString('base64'),
      credential: { entra: { scope: 'api://bench/.default' } },
    },
  });
  if (parsed.kind !== 'Cluster') throw new TypeError('not a Cluster');
  return parsed;
}

export function theRoute(): Route {
  const parsed = registryDocument.parse({
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Route',
    metadata: { name: 'everything' },
    spec: {
      vault: 'team',
      prefix: '',
      allSecrets: true,
      clusters: { matchLabels: { env: 'bench' } },
      namespaces: { fromSegment: 1 },
    },
  });
  if (parsed.kind !== 'Route') throw new TypeError('not a Route');
  return parsed;
}

/** The rows of a cluster as earlier pushes left them; the same in every cluster but for its name. */
export function currentRows(route: Route, listed: ReadonlyMap<string, SourceProperties>): TargetStatus[] {
  return namespaceNames.flatMap((namespace) =>
    services.map((service) => {
      const name = `${namespace}--${service}--password`;
      const properties = listed.get(name);
      const { uid, resourceVersion, annotations } = metadataOf('', namespace, service);
      const about = {
        cluster: '',
        id: `${namespace}:${service}`,
        state: 'synced',
        code: 'UNCHANGED',
      } as const;
      return {
        ...blankRow({ ...about, message: 'the Secret is up to date', since: 0 }),
        route: route.metadata.name,
        uid,
        resourceVersion,
        fingerprint: fingerprintOf(route, [{ name, state: 'valid', properties }]),
        sources: annotations['vaultcast.dev/sources'],
        cause: 'bench',
        readAt: (properties?.updated ?? 0) + MARGIN_SECONDS,
      };
    }),
  );
}
