import { Argument } from 'commander';
import { closest } from '../registry/closest.ts';
import type { Existing } from '../registry/plan.ts';
import { planDelete } from '../registry/plan.ts';
import { change } from './apply/change.ts';
import type { AddCommand, Context } from './command.ts';
import { examples } from './command.ts';
import { readFiles } from './connect/files.ts';
import type { RegistryOptions, VaultOptions } from './connect/flags.ts';
import { collect, FILENAME, withRegistry, withVaults } from './connect/flags.ts';
import type { OutputOptions } from './output/format.ts';
import { withOutput } from './output/format.ts';
import { CliError } from './terminal/failure.ts';
import type { ExitCode, Io } from './terminal/io.ts';
import { EXIT } from './terminal/io.ts';
import { kindOf } from './terminal/words.ts';

const HELP = examples('vaultcast delete route app-1', 'vaultcast delete -f old/ --dry-run');

interface DeleteOptions extends RegistryOptions, VaultOptions, OutputOptions {
  filename?: string[];
  dryRun?: boolean;
  yes?: boolean;
  ignoreNotFound?: boolean;
}

export const addDelete: AddCommand = (command, context) => {
  command
    .addArgument(new Argument('[kind]').choices(['cluster', 'route', 'clusters', 'routes']))
    .argument('[names...]')
    .option(FILENAME, 'delete what these files name: file, folder, or - for stdin; repeatable', collect)
    .option('--dry-run', 'show what would go only; exit code 2 when something would')
    .option('--ignore-not-found', 'what is not registered is no error')
    .option('-y, --yes', 'do not ask; needed when nobody is there to answer');
  withVaults(withRegistry(withOutput(command)))
    .addHelpText('after', HELP)
    .action(async (word: string | undefined, names: string[], options: DeleteOptions) => {
      context.finish(await deleteFrom(await wantedOf(word, names, options, context.io), options, context));
    });
};

type Wanted = Pick<Existing, 'kind' | 'name'>;

/** Throws CliError unless there are either names or files. */
async function wantedOf(
  word: string | undefined,
  names: readonly string[],
  { filename }: DeleteOptions,
  io: Io,
): Promise<Wanted[]> {
  if (word === undefined && filename !== undefined) {
    const documents = await readFiles(filename, io);
    return documents.map(({ document }) => ({ kind: document.kind, name: document.metadata.name }));
  }
  if (word !== undefined && filename === undefined && names.length > 0)
    return names.map((name) => ({ kind: kindOf(word), name }));
  const advice = 'Give either a kind and names (vaultcast delete route app-1) or -f.';
  throw new CliError('nothing is named to delete', advice, EXIT.usage);
}

async function deleteFrom(
  wanted: readonly Wanted[],
  options: DeleteOptions,
  context: Context,
): Promise<ExitCode> {
  const { io } = context;
  const registry = await context.openRegistry(options, io);
  const { existing } = await registry.list(io.signal);
  if (options.ignoreNotFound !== true) assertAllExist(wanted, existing);
  const doomed = existing.filter((row) => wanted.some(isRow(row)));
  const plan = planDelete(doomed, existing);
  return change(plan, registry, context, {
    ...options,
    missing: [],
    applied: {},
    judge: () => [],
    prepare: () => Promise.resolve(),
    // Nothing is in a hurry to go: the timer's run looks at what was left behind.
    afterwards: () => Promise.resolve(EXIT.ok),
  });
}

const isRow =
  (row: Existing) =>
  ({ kind, name }: Wanted): boolean =>
    row.kind === kind && row.name === name;

function assertAllExist(wanted: readonly Wanted[], existing: readonly Existing[]): void {
  const missing = wanted.find((one) => !existing.some((row) => isRow(row)(one)));
  if (missing === undefined) return;
  const others = existing.filter(({ kind }) => kind === missing.kind).map(({ name }) => name);
  const guess = closest(missing.name, others);
  const hint = guess === undefined ? 'See what there is with: vaultcast get' : `Did you mean ${guess}?`;
  throw new CliError(`${missing.kind} ${missing.name} is not registered`, `Nothing was deleted. ${hint}`);
}
