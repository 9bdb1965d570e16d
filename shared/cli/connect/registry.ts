import { closest } from '../../registry/closest.ts';
import type { BadRow, Cluster, Route } from '../../registry/document.ts';
import type { Existing } from '../../registry/plan.ts';
import { isBad } from '../../registry/row.ts';
import { harmless } from '../terminal/colour.ts';
import type { Context } from '../command.ts';
import type { ConnectOptions } from './settings.ts';
import { CliError } from '../terminal/failure.ts';
import { note } from '../terminal/io.ts';

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

export async function readRegistry(
  options: ConnectOptions,
  { io, openRegistry }: Context,
): Promise<RegistryView> {
  const registry = await openRegistry(options, io);
  const view = viewOf((await registry.list(io.signal)).existing);
  for (const { kind, name, message } of view.bad)
    note(io, `${kind} ${harmless(name)} is invalid and left out: ${harmless(message)}`);
  return view;
}

type Named = { metadata: { name: string } };

/** The documents of these names. Throws CliError for a name that is not registered. */
export function named<T extends Named>(kind: string, documents: readonly T[], names: readonly string[]): T[] {
  return names.map((name) => {
    const found = documents.find((document) => document.metadata.name === name);
    if (found !== undefined) return found;
    const all = documents.map((document) => document.metadata.name);
    const guess = closest(name, all);
    const hint =
      guess === undefined ? `See all with: vaultcast get ${kind.toLowerCase()}s` : `Did you mean ${guess}?`;
    throw new CliError(`${kind} ${harmless(name)} is not registered`, hint);
  });
}
