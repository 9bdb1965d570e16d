import type { Existing } from '../../registry/plan.ts';
import { isBad } from '../../registry/row.ts';
import { harmless } from '../terminal/colour.ts';
import type { Context } from '../command.ts';
import { CliError } from '../terminal/failure.ts';
import type { GetOptions } from './get.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import { kindOf } from '../terminal/kind.ts';
import { clusterRows, routeRows } from './document-tables.ts';
import { yamlText } from '../terminal/print.ts';
import { tableText } from '../terminal/tables.ts';

const writtenIn = (rows: readonly Existing[]): unknown[] =>
  rows.flatMap(({ row }) => (isBad(row) ? [] : [row.written]));

function show(rows: readonly Existing[], all: readonly Existing[], { output }: GetOptions): string {
  if (output === 'json') return JSON.stringify(writtenIn(rows), undefined, 2);
  if (output === 'yaml') return yamlText(writtenIn(rows));
  const documents = rows.flatMap(({ row }) => (isBad(row) ? [] : [row.document]));
  const routes = all.flatMap(({ row }) => (isBad(row) ? [] : [row.document]));
  const clusters = clusterRows(documents, routes);
  return tableText(rows.some(({ kind }) => kind === 'Route') ? routeRows(documents) : clusters);
}

function reportBad(rows: readonly Existing[], io: Io): boolean {
  const bad = rows.filter(({ row }) => isBad(row));
  for (const { kind, name, row } of bad)
    if (isBad(row)) note(io, `${kind} ${harmless(name)} is invalid: ${harmless(row.message)}`);
  return bad.length > 0;
}

function selected(rows: readonly Existing[], names: readonly string[], kind: string): Existing[] {
  if (names.length === 0) return [...rows];
  const missing = names.filter((name) => !rows.some((row) => row.name === name));
  if (missing.length > 0)
    throw new CliError(`${kind} ${missing.join(', ')} not registered`, 'See all with: vaultcast get');
  return rows.filter(({ name }) => names.includes(name));
}

function assertNoFilter(options: GetOptions): void {
  const filters = ['cluster', 'namespace', 'state', 'route', 'secret'] as const;
  const given = filters.find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new CliError(`--${given} is for targets, problems and runs`, 'Give names instead.', EXIT.usage);
}

/** Reads both tables: the table of clusters says how many routes reach each. */
export async function get(
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
  const rows = selected(
    existing.filter((row) => row.kind === kind),
    names,
    kind,
  );
  if (rows.length > 0 || options.output === 'json') say(io, show(rows, existing, options));
  else note(io, `No ${kind.toLowerCase()} is registered.`);
  return reportBad(rows, io) ? EXIT.differs : EXIT.ok;
}
