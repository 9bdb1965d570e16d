import { CODES } from '../errors.ts';
import type { Output } from '../output/json-schema.ts';
import { subjectText } from '../output/problem.ts';
import { NO_CLUSTER } from '../status/target.ts';
import { authorOf } from './apply/claim.ts';
import type { AddCommand, Context } from './command.ts';
import { examples } from './command.ts';
import type { RegistryOptions } from './connect/flags.ts';
import { problemsAsked } from './get/problems.ts';
import { ackOrder } from './run/orders.ts';
import { runInApp, withRun } from './run/run.ts';
import type { RunOptions } from './run/run.ts';
import { ageOfApp } from './run/signed.ts';
import { CliError } from './terminal/failure.ts';
import type { ExitCode } from './terminal/io.ts';

const HELP = examples(
  'vaultcast get problems -o name                 # what there is',
  'vaultcast ack message:push --reason "thrown away on purpose, ticket 4711"',
  'vaultcast ack weu-1/app-1/pg',
);

interface AckOptions extends RunOptions {
  reason?: string;
}

export const addAck: AddCommand = (command, context) => {
  command
    .argument('<problem>', 'as vaultcast get problems -o name shows it, or CLUSTER/NAMESPACE/SECRET')
    .option('--reason <text>', 'why, for those who see it');
  withRun(command)
    .addHelpText('after', HELP)
    .action(async (word: string, options: AckOptions) => {
      context.finish(await ack(word, options, context));
    });
};

/** An order to the app, which alone writes the row. */
async function ack(word: string, options: AckOptions, context: Context): Promise<ExitCode> {
  await assertKnown(options, context);
  const problems = await problemsAsked([], { ...options, output: 'table' }, context);
  const order = ackOrderFor(problemMeant(word, problems), options.reason ?? '', context.io.env);
  return runInApp([order], options, context);
}

/** That whoever runs the command knows of the problem. Throws CliError for one that no row could keep that of. */
export function ackOrderFor(
  problem: Output<'Problem'>,
  reason: string,
  env: Context['io']['env'],
): ReturnType<typeof ackOrder> {
  const { spec, status, metadata } = problem;
  if (status.since === undefined) throw cannotAcknowledge(problem);
  const { cluster = '', namespace = '', name = '' } = spec;
  const row =
    spec.about === 'target'
      ? { cluster, id: `${namespace}:${name}` }
      : { cluster: NO_CLUSTER, id: metadata.name };
  const author = authorOf(env) ?? 'somebody';
  return ackOrder({ ...row, code: status.reason, author, reason });
}

/** Throws CliError for an app of version 0.1.0: it would throw the order away as BAD_MESSAGE. Its rows tell no version. */
export async function assertKnown(options: RegistryOptions, { io, openStatus }: Context): Promise<void> {
  const status = await openStatus(options, io);
  if ((await ageOfApp([NO_CLUSTER], status, io.signal)) !== 'version 0.1.0') return;
  throw new CliError('the app is older than this command: it takes no ack', 'Deploy its new version first.');
}

/** Throws CliError for what is no problem now. */
function problemMeant(word: string, problems: readonly Output<'Problem'>[]): Output<'Problem'> {
  const asked = word.replace(/^problem\//, '');
  const found = problems.find(
    ({ metadata, spec }) =>
      metadata.name === asked ||
      (spec.about === 'target' && `${spec.cluster}/${spec.namespace}/${spec.name}` === asked),
  );
  if (found === undefined)
    throw new CliError(`there is no problem ${asked}`, 'See all with: vaultcast get problems -o name');
  return found;
}

/** It stands in the registry or in a back-off, and no row of it could keep who knows of it. */
function cannotAcknowledge(problem: Output<'Problem'>): CliError {
  return new CliError(
    `${subjectText(problem)} cannot be acknowledged: ${CODES[problem.status.reason].meaning}`,
    problem.status.help ?? 'It goes when its reason does.',
  );
}
