import { Argument, Option } from 'commander';
import type { AddCommand, Context } from '../command.ts';
import type { RunStatus } from '../../status/run.ts';
import type { TargetStatus } from '../../status/target.ts';
import { examples } from '../command.ts';
import { closest } from '../../registry/closest.ts';
import { collect, withRegistry } from '../connect/flags.ts';
import { CliError } from '../terminal/failure.ts';
import { EXIT } from '../terminal/io.ts';
import { harmless } from '../terminal/text.ts';
import { withOutput } from '../output/format.ts';
import { lookOrWatch } from '../output/watch.ts';
import type { GetOptions } from './options.ts';
import { assertSelectors } from './options.ts';

const HELP = examples(
  'vaultcast get clusters',
  'vaultcast get route app-1 -o yaml > app-1.yaml   # goes back through apply unchanged',
  'vaultcast get problems                           # what is stuck anywhere? exit code 2 when something is',
  'vaultcast get targets --secret app-1--pg--password -o wide',
  'vaultcast get targets --cluster weu-1 --state refused --watch',
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
/** Written out, so that completion loads no schema. */
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
] satisfies (TargetStatus['state'] | RunStatus['state'])[];

/** What somebody may look for here who knows kubectl, and where it is. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  secret: 'of a secret of the vault: vaultcast explain NAME; Secrets in clusters are targets',
  context: 'of contexts: vaultcast context',
  namespace: 'of a namespace: vaultcast get targets --namespace NAME',
};

const of = (words: Readonly<Record<string, string>>, word: string): string | undefined =>
  Object.hasOwn(words, word) ? words[word] : undefined;

function kindOf(word: string): string {
  const kind = of(KINDS, word.toLowerCase());
  if (kind !== undefined) return kind;
  const meant = closest(word, Object.keys(KINDS));
  const other = of(ELSEWHERE, word.toLowerCase().replace(/s$/, ''));
  const hint = other ?? (meant === undefined ? undefined : `did you mean ${meant}?`);
  throw new CliError(
    `get shows ${[...new Set(Object.values(KINDS))].join(', ')}, and no ${harmless(word)}`,
    hint === undefined ? 'See: vaultcast get --help' : `${hint.charAt(0).toUpperCase()}${hint.slice(1)}`,
    EXIT.usage,
  );
}

export const addGet: AddCommand = (command, context) => {
  command
    .addArgument(new Argument('<kind>').choices(Object.keys(KINDS)).argParser(kindOf))
    .argument('[names...]', 'only these: names, [NAMESPACE/]SECRET of targets, ids of runs');
  withOutput(command)
    .option('--cluster <name>', 'only there; of routes, those that reach it; repeatable', collect)
    .option('--namespace <name>', 'of targets, problems, routes: only there')
    .addOption(new Option('--state <state>', 'of targets, problems, runs').choices(STATES))
    .option('--route <name>', 'only what it makes; of clusters, those that it reaches')
    .option('--vault <alias>', 'of targets, problems, routes: only of this vault')
    .option('--secret <[vault/]name>', 'of targets, problems: only what this Key Vault secret feeds')
    .option('-w, --watch', 'go on until Ctrl-C, and show what changes');
  withRegistry(command)
    .addHelpText('after', HELP)
    .action(async (kind: string, names: string[], options: GetOptions) => {
      const look = await lookOf(kind, names, options, context);
      context.finish(await lookOrWatch(context, options.watch === true, look));
    });
};

/** Each kind is loaded when it is asked for: completion tries this command more often than any other. */
async function lookOf(kind: string, names: readonly string[], options: GetOptions, context: Context) {
  switch (kind) {
    case 'runs': {
      assertSelectors(options, kind, ['cluster', 'route', 'state']);
      const { lookAtRuns } = await import('./runs.ts');
      return () => lookAtRuns(names, options, context);
    }
    case 'targets': {
      const { lookAtTargets } = await import('./targets.ts');
      return () => lookAtTargets(names, options, context);
    }
    case 'problems': {
      const { lookAtProblems } = await import('./problems.ts');
      return () => lookAtProblems(names, options, context);
    }
    default: {
      const isRoutes = kind === 'routes';
      assertSelectors(options, kind, isRoutes ? ['cluster', 'namespace', 'vault'] : ['route']);
      const { lookAtDocuments } = await import('./documents.ts');
      return () => lookAtDocuments(kind, names, options, context);
    }
  }
}
