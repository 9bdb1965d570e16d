import { closest } from '../registry/closest.ts';
import type { Existing } from '../registry/plan.ts';
import { planDelete } from '../registry/plan.ts';
import type { Kind } from '../registry/row.ts';
import { change } from './apply/change.ts';
import type { Context } from './command.ts';
import type { DeleteOptions } from './delete.ts';
import { CliError } from './terminal/failure.ts';
import { readAll } from './connect/files.ts';
import { kindOf } from './terminal/kind.ts';
import type { ExitCode, Io } from './terminal/io.ts';
import { EXIT } from './terminal/io.ts';
import { predictWith } from './apply/predict.ts';

interface Wanted {
  kind: Kind;
  name: string;
}

async function wantedOf(
  kind: string | undefined,
  names: readonly string[],
  files: readonly string[],
  io: Io,
): Promise<Wanted[]> {
  const byName = kind === undefined ? [] : names.map((name) => ({ kind: kindOf(kind), name }));
  if (files.length > 0 && kind === undefined) {
    const documents = await readAll(files, io);
    return documents.map(({ document }) => ({ kind: document.kind, name: document.metadata.name }));
  }
  if (files.length === 0 && byName.length > 0) return byName;
  throw new CliError(
    'what should go?',
    'Give either a kind and names (vaultcast delete route app-1) or -f.',
    EXIT.usage,
  );
}

const isOf =
  ({ kind, name }: Wanted) =>
  (row: Existing): boolean =>
    row.kind === kind && row.name === name;

function mustExist(wanted: readonly Wanted[], existing: readonly Existing[]): void {
  const missing = wanted.find((one) => !existing.some(isOf(one)));
  if (missing === undefined) return;
  const others = existing.filter(({ kind }) => kind === missing.kind).map(({ name }) => name);
  const guess = closest(missing.name, others);
  const hint = guess === undefined ? 'See what there is with: vaultcast get' : `Did you mean ${guess}?`;
  throw new CliError(`${missing.kind} ${missing.name} is not registered`, `Nothing was deleted. ${hint}`);
}

export async function deleteFrom(
  kind: string | undefined,
  names: readonly string[],
  options: DeleteOptions,
  context: Context,
): Promise<ExitCode> {
  const { io, openRegistry } = context;
  const wanted = await wantedOf(kind, names, options.filename ?? [], io);
  const registry = await openRegistry(options, io);
  const { existing } = await registry.list(io.signal);
  if (options.ignoreNotFound !== true) mustExist(wanted, existing);
  const doomed = existing.filter((row) => wanted.some((one) => isOf(one)(row)));
  return change(planDelete(doomed, existing), registry, io, {
    ...options,
    missing: [],
    predict: predictWith(options, context),
    // Nothing is in a hurry to go: the timer's run looks at what was left behind.
    afterwards: () => Promise.resolve(EXIT.ok),
  });
}
