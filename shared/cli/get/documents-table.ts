import type { Cluster, RegistryDocument, Route } from '../../registry/document.ts';
import type { Existing } from '../../registry/plan.ts';
import { clustersIn, routesIn } from '../../registry/reach.ts';
import { selectsCluster } from '../../route/targets.ts';
import type { Column } from '../output/table.ts';
import { fittedTable } from '../output/table.ts';
import type { Io } from '../terminal/io.ts';

/** Clusters or routes as a table; `routes` are all of them, to count those that reach a cluster. */
export function documentsTable(
  io: Io,
  kind: RegistryDocument['kind'],
  rows: readonly Shown[],
  routes: readonly Route[],
  wide: boolean,
): string {
  if (rows.length === 0) return '';
  const applied = new Map(rows.map((row) => [row.document, row.applied]));
  const claims = wide ? claimColumns((document) => applied.get(document)) : [];
  const documents = rows.map(({ document }) => document);
  return kind === 'Cluster'
    ? fittedTable(io, [...clusterColumns(routes), ...claims], clustersIn(documents), wide)
    : fittedTable(io, [...ROUTE_COLUMNS, ...claims], routesIn(documents), wide);
}

interface Shown extends Pick<Existing, 'applied'> {
  document: RegistryDocument;
}

/** Who wrote it: as they said themselves. */
function claimColumns(
  appliedOf: (document: RegistryDocument) => Existing['applied'] | undefined,
): Column<RegistryDocument>[] {
  return [
    { heading: 'SET', of: (document) => appliedOf(document)?.set ?? '' },
    { heading: 'APPLIED-BY', of: (document) => appliedOf(document)?.appliedBy ?? '' },
    { heading: 'APPLIED-AT', of: (document) => appliedOf(document)?.appliedAt ?? '' },
    { heading: 'COMMIT', of: (document) => appliedOf(document)?.commit ?? '' },
  ];
}

function clusterColumns(routes: readonly Route[]): Column<Cluster>[] {
  return [
    { heading: 'NAME', of: ({ metadata }) => metadata.name, least: 16 },
    { heading: 'ENDPOINT', of: endpointOf, least: 12, leaves: 2 },
    { heading: 'LABELS', of: ({ metadata }) => pairs(metadata.labels), least: 8, leaves: 1 },
    {
      heading: 'ROUTES',
      of: (cluster) => String(routes.filter((route) => selectsCluster(route, cluster)).length),
    },
    { heading: 'PAUSED', of: ({ spec }) => yesNo(spec.paused), state: pausedState },
  ];
}

const ROUTE_COLUMNS: readonly Column<Route>[] = [
  { heading: 'NAME', of: ({ metadata }) => metadata.name, least: 12 },
  { heading: 'VAULT', of: ({ spec }) => spec.vault, least: 8, leaves: 3 },
  { heading: 'PREFIX', of: ({ spec }) => (spec.prefix === '' ? '(all secrets)' : spec.prefix), least: 10 },
  { heading: 'CLUSTERS', of: clustersText, least: 8, leaves: 2 },
  { heading: 'NAMESPACES', of: namespacesText, least: 10 },
  { heading: 'LAYOUT', of: ({ spec }) => spec.layout, leaves: 1 },
  { heading: 'PAUSED', of: ({ spec }) => yesNo(spec.paused), state: pausedState },
];

function pausedState({ spec }: { spec: { paused: boolean } }): string {
  return spec.paused ? 'paused' : '';
}

/** The name in an ARM id, the host of a server: enough to tell clusters apart. */
function endpointOf({ spec }: Cluster): string {
  if (spec.aks !== undefined) return `aks ${spec.aks.split('/').at(-1) ?? ''}`;
  return spec.server === undefined ? '' : new URL(spec.server).host;
}

function clustersText({ spec: { clusters } }: Route): string {
  return 'names' in clusters ? clusters.names.join(',') : pairs(clusters.matchLabels);
}

function namespacesText({ spec: { namespaces } }: Route): string {
  return Array.isArray(namespaces) ? namespaces.join(',') : `segment ${namespaces.fromSegment}`;
}

function pairs(labels: Readonly<Record<string, string>> = {}): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function yesNo(value: boolean): string {
  return value ? 'yes' : '';
}
