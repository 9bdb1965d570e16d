import { planApply } from '../../registry/plan.ts';
import type { AddCommand, Context } from '../command.ts';
import { examples } from '../command.ts';
import { readFiles } from '../connect/files.ts';
import type { VaultOptions } from '../connect/flags.ts';
import { collect, FILENAME, withQueue, withRegistry, withVaults } from '../connect/flags.ts';
import { reconcileAfterwards } from '../run/afterwards.ts';
import type { AfterwardsOptions } from '../run/afterwards.ts';
import type { ExitCode } from '../terminal/io.ts';
import { change } from './change.ts';
import { ordersFor } from './orders.ts';
import { predict } from './predict.ts';

const HELP = examples(
  'vaultcast apply -f registry/ --dry-run     # what would change? exit code 2 when something does',
  'vaultcast apply -f registry/ --prune --yes # in a pipeline: the registry says what the files say',
  'vaultcast apply -f registry/app-1.yaml --wait # and deliver it now',
  'vaultcast get routes -o yaml | vaultcast apply -f - --yes',
);

interface ApplyOptions extends AfterwardsOptions, VaultOptions {
  filename: string[];
  prune?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

export const addApply: AddCommand = (command, context) => {
  command
    .requiredOption(
      FILENAME,
      'YAML or JSON file, folder (with all below), or - for stdin; repeatable',
      collect,
    )
    .option('--dry-run', 'show the plan only; exit code 2 when something differs')
    .option('--prune', 'also delete what is in the registry but not in the files')
    .option('-y, --yes', 'do not ask; needed when nobody is there to answer')
    .option('--no-reconcile', 'leave what changed to the next run of the timer')
    .option('--wait', 'wait for the reconcile of what changed, and show what came of it');
  withVaults(withQueue(withRegistry(command)))
    .addHelpText('after', HELP)
    .action(async (options: ApplyOptions) => {
      context.finish(await apply(options, context));
    });
};

/** The files are read and checked first: a typo in one costs no request. */
async function apply(options: ApplyOptions, context: Context): Promise<ExitCode> {
  const { io } = context;
  const documents = await readFiles(options.filename, io);
  const registry = await context.openRegistry(options, io);
  const { existing, missing } = await registry.list(io.signal);
  const wanted = documents.map(({ written, document }) => ({ written, document }));
  const plan = planApply(wanted, existing, { prune: options.prune === true });
  return change(plan, registry, io, {
    ...options,
    missing,
    predict: () => predict(plan, options, context),
    afterwards: () => reconcileAfterwards(ordersFor(plan), options, context),
  });
}
