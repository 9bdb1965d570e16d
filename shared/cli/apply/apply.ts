import { setName } from '../../registry/fields.ts';
import { planApply } from '../../registry/plan.ts';
import type { RegistryPlan } from '../../registry/plan.ts';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { readFiles } from '../connect/files.ts';
import type { QueueOptions, RegistryOptions, VaultOptions } from '../connect/flags.ts';
import { collect, FILENAME, withQueue, withRegistry, withVaults } from '../connect/flags.ts';
import type { OutputOptions } from '../output/format.ts';
import { withOutput } from '../output/format.ts';
import { reconcileAfterwards } from '../run/afterwards.ts';
import { CliError } from '../terminal/failure.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';
import { claimOf } from './claim.ts';
import { change } from './change.ts';
import { collisionJudgements, planJudgements } from './judge.ts';
import { ordersFor } from './orders.ts';

const HELP = examples(
  'vaultcast apply -f registry/ --dry-run     # what would change? exit code 2 when something does',
  'vaultcast apply -f registry/ --dry-run -o markdown > plan.md # for a comment on a pull request',
  'vaultcast apply -f registry/ --set main --prune --yes # in a pipeline: what left these files goes',
  'vaultcast apply -f registry/app-1.yaml --wait # and deliver it now',
  'vaultcast get routes -o yaml | vaultcast apply -f - --yes',
);

interface ApplyOptions extends RegistryOptions, QueueOptions, VaultOptions, OutputOptions {
  filename: string[];
  set?: string;
  prune?: boolean;
  takeOver?: boolean;
  allowCollisions?: boolean;
  strict?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  reconcile?: boolean;
  wait?: boolean;
}

export const addApply: AddCommand = (command, context) => {
  command
    .requiredOption(
      FILENAME,
      'YAML or JSON file, folder (with all below), or - for stdin; repeatable',
      collect,
    )
    .option('--dry-run', 'show the plan only; exit code 2 when something differs')
    .option('--set <name>', 'the files are this set of documents; recorded with each of them')
    .option('--prune', 'also delete what belongs to the --set and is not in the files any more')
    .option('--take-over', 'take documents that belong to another set into this one')
    .option('--allow-collisions', 'let two routes claim the same Secrets: then nobody new writes them')
    .option('--strict', 'warnings are errors')
    .option('-y, --yes', 'do not ask; needed when nobody is there to answer')
    .option('--no-reconcile', 'leave what changed to the next run of the timer')
    .option('--wait', 'wait for the reconcile of what changed, and show what came of it');
  withVaults(withQueue(withRegistry(withOutput(command, ['markdown']))))
    .addHelpText('after', HELP)
    .action(async (options: ApplyOptions) => {
      context.finish(await apply(options, context));
    });
};

/** The files are read and checked first: a typo in one costs no request. */
async function apply(options: ApplyOptions, context: Context): Promise<ExitCode> {
  assertSet(options);
  const { io } = context;
  const documents = await readFiles(options.filename, io);
  const registry = await context.openRegistry(options, io);
  const { existing, missing } = await registry.list(io.signal);
  const wanted = documents.map(({ written, document }) => ({ written, document }));
  const { prune = false, set } = options;
  const plan = planApply(wanted, existing, { prune, set });
  return change(plan, registry, context, {
    ...options,
    missing,
    applied: { ...claimOf(io.env, new Date()), ...(set === undefined ? {} : { set }) },
    judge: (collisions) => [
      ...planJudgements(plan, options, io.env),
      ...collisionJudgements(collisions, options),
    ],
    prepare: () => prepare(plan, options, context),
    afterwards: () => reconcileAfterwards(ordersFor(plan), options, context),
  });
}

function assertSet({ set, prune = false, takeOver = false }: ApplyOptions): void {
  if (set === undefined && (prune || takeOver))
    throw new CliError(
      `${prune ? '--prune' : '--take-over'} needs --set NAME`,
      'Without a set nobody knows whether a document left these files, or was never in them.',
      EXIT.usage,
    );
  const { error } = setName.optional().safeParse(set);
  if (error !== undefined)
    throw new CliError(`--set ${error.issues[0]?.message ?? ''}`, 'Such as: --set main', EXIT.usage);
}

/** What the wait will need must be there before the registry is written. */
async function prepare(plan: RegistryPlan, options: ApplyOptions, context: Context): Promise<void> {
  if (options.wait !== true || options.reconcile === false || ordersFor(plan).length === 0) return;
  await context.openQueue(options, context.io);
  await context.openStatus(options, context.io);
}
