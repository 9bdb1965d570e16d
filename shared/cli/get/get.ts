import { Argument, Option } from 'commander';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { collect, withRegistry } from '../connect/flags.ts';
import type { ExitCode } from '../terminal/io.ts';
import type { GetOptions } from './selection.ts';

const HELP = examples(
  'vaultcast get clusters',
  'vaultcast get route app-1 -o yaml > app-1.yaml   # goes back through apply unchanged',
  'vaultcast get problems                           # what is stuck anywhere? exit code 2 when something is',
  'vaultcast get targets --secret app-1--pg--password -o wide',
  'vaultcast get targets --cluster weu-1 --state refused',
  'vaultcast get runs --cluster weu-1',
  'vaultcast get runs 20261121T101500Z-3fa9c1       # its lines, too',
);

/** What may be typed, and what it means; the first of a kind is what completion proposes. */
const KINDS: Readonly<Record<string, string>> = {
  clusters: 'clusters',
  routes: 'routes',
  targets: 'targets',
  problems: 'problems',
  runs: 'runs',
  cluster: 'clusters',
  route: 'routes',
  target: 'targets',
  tgt: 'targets',
  problem: 'problems',
  run: 'runs',
};
const STATES = [
  'synced',
  'degraded',
  'absent',
  'pending',
  'failed',
  'refused',
  'orphaned',
  'paused',
  'problem',
  'running',
  'done',
  'incomplete',
  'superseded',
];

export const addGet: AddCommand = (command, context) => {
  command
    .addArgument(new Argument('<kind>').choices(Object.keys(KINDS)))
    .argument('[names...]', 'only these: names, [NAMESPACE/]SECRET of targets, ids of runs')
    .addOption(
      new Option('-o, --output <format>', 'format')
        .choices(['table', 'wide', 'json', 'yaml'])
        .default('table'),
    )
    .option('--cluster <name>', 'of targets, problems, runs: only there; repeatable', collect)
    .option('--namespace <name>', 'of targets, problems: only there')
    .addOption(new Option('--state <state>', 'of targets, problems, runs').choices(STATES))
    .option('--route <name>', 'of targets, problems, runs: only its own')
    .option('--secret <[vault/]name>', 'of targets, problems: only what this Key Vault secret feeds');
  withRegistry(command)
    .addHelpText('after', HELP)
    .action(async (kind: string, names: string[], options: GetOptions) => {
      context.finish(await get(kind, names, options, context));
    });
};

/** Each kind is loaded when it is asked for: completion tries this command more often than any other. */
async function get(
  word: string,
  names: readonly string[],
  options: GetOptions,
  context: Context,
): Promise<ExitCode> {
  const kind = KINDS[word] ?? word;
  if (kind === 'runs') return (await import('./runs.ts')).getRuns(names, options, context);
  if (kind === 'targets' || kind === 'problems')
    return (await import('./targets.ts')).getTargets(kind, names, options, context);
  return (await import('./documents.ts')).getDocuments(kind, names, options, context);
}
