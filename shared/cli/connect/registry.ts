import pLimit from 'p-limit';
import { closest } from '../../registry/closest.ts';
import type { BadRow, Cluster, Route } from '../../registry/document.ts';
import type { Existing } from '../../registry/plan.ts';
import { isBad } from '../../registry/row.ts';
import type { Context } from '../command.ts';
import { harmless } from '../terminal/text.ts';
import { CliError } from '../terminal/failure.ts';
import { note } from '../terminal/io.ts';
import type { RegistryOptions } from './flags.ts';

/** The registry as commands look at it. */
export interface RegistryView {
  clusters: Cluster[];
  routes: Route[];
  bad: BadRow[];
}

export function viewOf(existing: readonly Existing[]): RegistryView {
  const documents = existing.flatMap(({ row }) => (isBad(row) ? [] : [row.document]));
  return {
    clusters: documents.filter((document) => document.kind === 'Cluster'),
    routes: documents.filter((document) => document.kind === 'Route'),
    bad: existing.flatMap(({ row }) => (isBad(row) ? [row] : [])),
  };
}

/** Rows that are invalid are named and left out. */
export async function readRegistry(options: RegistryOptions, context: Context): Promise<RegistryView> {
  const { io } = context;
  const registry = await context.openRegistry(options, io);
  const view = viewOf((await registry.list(io.signal)).existing);
  for (const { kind, name, message } of view.bad)
    note(io, `${kind} ${harmless(name)} is invalid and left out: ${harmless(message)}`);
  return view;
}

/** The document of this name. Throws CliError when it is not registered. */
export function registered<T extends { metadata: { name: string } }>(
  kind: Route['kind'] | Cluster['kind'],
  documents: readonly T[],
  name: string,
): T {
  const found = documents.find(({ metadata }) => metadata.name === name);
  if (found !== undefined) return found;
  const guess = closest(
    name,
    documents.map(({ metadata }) => metadata.name),
  );
  const hint =
    guess === undefined ? `See all with: vaultcast get ${kind.toLowerCase()}s` : `Did you mean ${guess}?`;
  throw new CliError(`${kind} ${harmless(name)} is not registered`, hint);
}

/** The clusters asked for, or all that are registered. Throws CliError for one that is not: it has no rows for any reason. */
export function clustersAsked(
  asked: readonly string[] | undefined,
  { clusters, bad }: RegistryView,
): string[] {
  const invalid = bad.flatMap(({ kind, name }) => (kind === 'Cluster' ? [{ metadata: { name } }] : []));
  const all = [...clusters, ...invalid];
  const chosen = asked === undefined ? all : asked.map((name) => registered('Cluster', all, name));
  return [...new Set(chosen.map(({ metadata }) => metadata.name))];
}

const PARALLEL = 8;

/** One query per partition, a few at a time. */
export async function fromAll<T>(
  partitions: readonly string[],
  query: (partition: string) => Promise<readonly T[]>,
): Promise<T[]> {
  return (await pLimit(PARALLEL).map([...partitions], query)).flat();
}
