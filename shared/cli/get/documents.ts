import type { Cluster, Route } from '../../registry/document.ts';
import type { Existing } from '../../registry/plan.ts';
import { isBad } from '../../registry/row.ts';
import { selectsCluster } from '../../route/targets.ts';
import { listOf } from '../../output/fields.ts';
import type { Context } from '../command.ts';
import type { RegistryView } from '../connect/registry.ts';
import { viewOf } from '../connect/registry.ts';
import { show } from '../output/format.ts';
import { oneLook } from '../output/watch.ts';
import { harmless } from '../terminal/text.ts';
import { CliError } from '../terminal/failure.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT, note } from '../terminal/io.ts';
import { kindOf } from '../terminal/words.ts';
import { documentsTable } from './documents-table.ts';
import type { GetOptions } from './options.ts';

/** `vaultcast get clusters` and `get routes`. Reads both tables: the table of clusters says how many routes reach each. */
export async function lookAtDocuments(
  word: string,
  names: readonly string[],
  options: GetOptions,
  { io, openRegistry }: Context,
) {
  const kind = kindOf(word);
  const registry = await openRegistry(options, io);
  const { existing, missing } = await registry.list(io.signal);
  if (missing.length > 0)
    note(io, `There is no table ${missing.join(', ')} yet: the first apply makes what is missing.`);
  const view = viewOf(existing);
  const ofKind = existing.filter((row) => row.kind === kind);
  const rows = named(ofKind, names, kind).filter((row) => isSelected(row, options, view));
  reportBad(rows, io);
  return oneLook(viewOf(rows).bad.length > 0 ? EXIT.differs : EXIT.ok, rows, {
    nameOf: ({ name }) => name,
    textOf: ({ etag }) => etag,
    show: (some) =>
      showDocuments(io, some, { kind, view, isOne: names.length === 1, output: options.output }),
  });
}

function named(rows: readonly Existing[], names: readonly string[], kind: string): Existing[] {
  if (names.length === 0) return [...rows];
  const missing = names.filter((name) => !rows.some((row) => row.name === name));
  if (missing.length > 0)
    throw new CliError(`${kind} ${missing.join(', ')} not registered`, 'See all with: vaultcast get');
  return rows.filter(({ name }) => names.includes(name));
}

/** Rows that are not valid always stay: nobody knows what they would select. */
function isSelected({ row }: Existing, options: GetOptions, view: RegistryView): boolean {
  if (isBad(row)) return true;
  const { document } = row;
  return document.kind === 'Cluster'
    ? isReached(document, options, view)
    : isRouteSelected(document, options, view);
}

function isReached(cluster: Cluster, { route: asked }: GetOptions, { routes }: RegistryView): boolean {
  const through = routes.filter(({ metadata }) => metadata.name === asked);
  return asked === undefined || through.some((route) => selectsCluster(route, cluster));
}

function isRouteSelected(
  route: Route,
  { cluster: asked = [], vault, namespace }: GetOptions,
  { clusters }: RegistryView,
): boolean {
  const { spec } = route;
  const reached = clusters.filter(({ metadata }) => asked.includes(metadata.name));
  const fixed = Array.isArray(spec.namespaces) ? spec.namespaces : undefined;
  return (
    (vault === undefined || spec.vault === vault) &&
    (asked.length === 0 || reached.some((one) => selectsCluster(route, one))) &&
    (namespace === undefined || (fixed?.includes(namespace) ?? true))
  );
}

interface Shown extends Pick<GetOptions, 'output'> {
  kind: 'Cluster' | 'Route';
  view: RegistryView;
  /** One was named: it is shown as itself, not as a list, so that it is a file for `apply`. */
  isOne: boolean;
}

async function showDocuments(
  io: Io,
  rows: readonly Existing[],
  { kind, view, isOne, output }: Shown,
): Promise<void> {
  const valid = rows.flatMap(({ row, applied }) => (isBad(row) ? [] : [{ ...row, applied }]));
  const states = valid.map(({ document }) => (document.spec.paused ? 'paused' : 'active'));
  const written = valid.map((row) => row.written);
  const [only] = written;
  const list = listOf(`${kind}List`, written, states, Date.now());
  const documents = valid.map(({ document }) => document);
  await show(io, output, {
    document: isOne && only !== undefined ? only : list,
    names: documents.map(({ metadata }) => `${kind.toLowerCase()}/${metadata.name}`),
    text: (wide) => documentsTable(io, kind, valid, view.routes, wide),
  });
  if (rows.length === 0) note(io, `No ${kind.toLowerCase()} is registered.`);
}

function reportBad(rows: readonly Existing[], io: Io): void {
  const { bad } = viewOf(rows);
  for (const { kind, name, message } of bad)
    note(io, `${kind} ${harmless(name)} is invalid: ${harmless(message)}`);
}
