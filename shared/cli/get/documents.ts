import type { Cluster, Route } from '../../registry/document.ts';
import type { Existing } from '../../registry/plan.ts';
import { selectsCluster } from '../../route/targets.ts';
import { isBad } from '../../registry/row.ts';
import type { Context } from '../command.ts';
import { viewOf } from '../connect/registry.ts';
import { harmless, tableText } from '../terminal/text.ts';
import { CliError } from '../terminal/failure.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { yamlText } from '../terminal/print.ts';
import { kindOf } from '../terminal/words.ts';
import type { GetOptions } from './selection.ts';

/** `vaultcast get clusters` and `get routes`. Reads both tables: the table of clusters says how many routes reach each. */
export async function getDocuments(
  word: string,
  names: readonly string[],
  options: GetOptions,
  { io, openRegistry }: Context,
): Promise<ExitCode> {
  assertNoFilter(options);
  const kind = kindOf(word);
  const registry = await openRegistry(options, io);
  const { existing, missing } = await registry.list(io.signal);
  if (missing.length > 0)
    note(io, `There is no table ${missing.join(', ')} yet: the first apply makes what is missing.`);
  const ofKind = existing.filter((row) => row.kind === kind);
  const rows = selected(ofKind, names, kind);
  if (rows.length === 0 && options.output !== 'json') note(io, `No ${kind.toLowerCase()} is registered.`);
  else say(io, documentsText(kind, rows, existing, options.output));
  return reportBad(rows, io) ? EXIT.differs : EXIT.ok;
}

function assertNoFilter(options: GetOptions): void {
  const filters = ['cluster', 'namespace', 'state', 'route', 'secret'] as const;
  const given = filters.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new CliError(`--${given} is for targets, problems and runs`, 'Give names instead.', EXIT.usage);
}

function selected(rows: readonly Existing[], names: readonly string[], kind: string): Existing[] {
  if (names.length === 0) return [...rows];
  const missing = names.filter((name) => !rows.some((row) => row.name === name));
  if (missing.length > 0)
    throw new CliError(`${kind} ${missing.join(', ')} not registered`, 'See all with: vaultcast get');
  return rows.filter(({ name }) => names.includes(name));
}

function documentsText(
  kind: Existing['kind'],
  rows: readonly Existing[],
  all: readonly Existing[],
  output: GetOptions['output'],
): string {
  const written = rows.flatMap(({ row }) => (isBad(row) ? [] : [row.written]));
  if (output === 'json') return JSON.stringify(written, undefined, 2);
  if (output === 'yaml') return yamlText(written);
  const { clusters, routes } = viewOf(rows);
  return tableText(kind === 'Route' ? routeRows(routes) : clusterRows(clusters, viewOf(all).routes));
}

/** Rows of text, the heading first; `routes` are all of them, to count those that reach a cluster. */
function clusterRows(clusters: readonly Cluster[], routes: readonly Route[]): string[][] {
  const rows = clusters.map((cluster) => [
    cluster.metadata.name,
    endpointOf(cluster),
    pairs(cluster.metadata.labels),
    String(routes.filter((route) => selectsCluster(route, cluster)).length),
    yesNo(cluster.spec.paused),
  ]);
  return [['NAME', 'ENDPOINT', 'LABELS', 'ROUTES', 'PAUSED'], ...rows];
}

/** The name in an ARM id, the host of a server: enough to tell clusters apart. */
function endpointOf({ spec }: Cluster): string {
  if (spec.aks !== undefined) return `aks ${spec.aks.split('/').at(-1) ?? ''}`;
  return spec.server === undefined ? '' : new URL(spec.server).host;
}

function routeRows(routes: readonly Route[]): string[][] {
  const rows = routes.map((route) => [
    route.metadata.name,
    route.spec.vault,
    route.spec.prefix === '' ? '(all secrets)' : route.spec.prefix,
    clustersText(route),
    namespacesText(route),
    route.spec.layout,
    yesNo(route.spec.paused),
  ]);
  return [['NAME', 'VAULT', 'PREFIX', 'CLUSTERS', 'NAMESPACES', 'LAYOUT', 'PAUSED'], ...rows];
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

function reportBad(rows: readonly Existing[], io: Io): boolean {
  const { bad } = viewOf(rows);
  for (const { kind, name, message } of bad)
    note(io, `${kind} ${harmless(name)} is invalid: ${harmless(message)}`);
  return bad.length > 0;
}
