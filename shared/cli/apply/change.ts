import { API_VERSION, countsOf } from '../../output/fields.ts';
import type { Output } from '../../output/json-schema.ts';
import type { RegistryAdmin } from '../../registry/admin.ts';
import type { Existing, RegistryPlan } from '../../registry/plan.ts';
import { isChange } from '../../registry/plan.ts';
import { strandsOf } from '../../registry/strands.ts';
import type { Context } from '../command.ts';
import type { RegistryOptions, VaultOptions } from '../connect/flags.ts';
import type { OutputOptions } from '../output/format.ts';
import { isForPeople, show } from '../output/format.ts';
import { wrappedAfter } from '../output/wrapped.ts';
import { confirm } from '../terminal/confirm.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note } from '../terminal/io.ts';
import { carryOut } from './carry-out.ts';
import { isRefused, judgementLines } from './judge.ts';
import { planMarkdown } from './plan-markdown.ts';
import { actionDocument, nameOf, planText, summaryOf } from './plan-text.ts';
import { predict } from './predict.ts';

type Judgements = Output<'RegistryPlan'>['status']['judgements'];

interface ChangeOptions extends RegistryOptions, VaultOptions, OutputOptions {
  /** Warnings are errors. */
  strict?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  /** Names of tables that have to be made first. */
  missing: readonly string[];
  /** What is recorded with each row that is written. */
  applied: Existing['applied'];
  /** What is wrong with the plan, given the collisions that are predicted. */
  judge: (collisions: readonly string[]) => Judgements;
  /** Opens what the rest of the command will need; throws before anything is written. */
  prepare: () => Promise<void>;
  /** What the change brings about; its exit code is the command's. */
  afterwards: () => Promise<ExitCode>;
}

/** Shows a plan, judges it, asks, does it: the same for every command that changes the registry. */
export async function change(
  plan: RegistryPlan,
  registry: RegistryAdmin,
  context: Context,
  options: ChangeOptions,
): Promise<ExitCode> {
  const { io } = context;
  const isIdle = !plan.actions.some(isChange);
  const { lines, collisions } = isIdle
    ? { lines: [], collisions: [] }
    : await predict(plan, options, context);
  const judgements = options.judge(collisions);
  await showPlan(plan, lines, judgements, options, io);
  if (isRefused(judgements, options)) {
    note(io, 'Nothing was changed: correct the errors first.');
    return EXIT.failed;
  }
  if (isIdle) return EXIT.ok;
  if (options.dryRun === true) return EXIT.differs;
  await options.prepare();
  if (options.yes !== true && !(await confirm(io, `Change the registry: ${summaryOf(plan)}?`))) {
    note(io, 'Nothing was changed.');
    return EXIT.failed;
  }
  if (options.missing.length > 0) await registry.createTables(io.signal);
  await carryOut(plan, options.applied, registry, io, isForPeople(options.output));
  return options.afterwards();
}

/** A line of a list begins with a sign, beside which the rest of it stands. */
function predictionText(io: Io, predictions: readonly string[]): string {
  const lines = predictions.flatMap((line) => {
    const [, sign = '', text = ''] = /^(\s*(?:[-+~] )?)(.*)$/.exec(line) ?? [];
    return wrappedAfter(io, sign, sign.length, text);
  });
  return lines.join('\n');
}

async function showPlan(
  plan: RegistryPlan,
  predictions: readonly string[],
  judgements: Judgements,
  options: ChangeOptions,
  io: Io,
): Promise<void> {
  const document: Output<'RegistryPlan'> = {
    apiVersion: API_VERSION,
    kind: 'RegistryPlan',
    metadata: { readAt: new Date().toISOString(), counts: countsOf(plan.actions.map((action) => action.do)) },
    status: {
      actions: plan.actions.map(actionDocument),
      consequences: strandsOf(plan),
      judgements,
      predictions: [...predictions],
    },
  };
  const parts = [
    planText(io, plan),
    judgementLines(io, judgements, options).join('\n'),
    plan.actions.some(isChange) ? predictionText(io, predictions) : 'Nothing to change.',
  ];
  await show(io, options.output, {
    document,
    names: plan.actions.filter(isChange).map(nameOf),
    markdown: () => planMarkdown(document),
    text: () => parts.filter((part) => part !== '').join('\n\n'),
  });
}
