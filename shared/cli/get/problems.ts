import { listOf } from '../../output/fields.ts';
import { problemsOf } from '../../output/problem.ts';
import type { Output } from '../../output/json-schema.ts';
import { isProblemSelected, selectedTargets } from '../../output/select.ts';
import { withRuns } from '../../output/held.ts';
import { backingOff } from '../../retry/back-off.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import type { Context } from '../command.ts';
import { clustersAsked, fromAll, readRegistry } from '../connect/registry.ts';
import { isForPeople, show } from '../output/format.ts';
import { problemsText } from '../output/problems.ts';
import { wrapped } from '../output/wrapped.ts';
import { oneLook } from '../output/watch.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT, note } from '../terminal/io.ts';
import { sumText } from '../terminal/text.ts';
import type { GetOptions } from './options.ts';
import { selectionOf } from './selection.ts';

/** `vaultcast get problems`: everything that is stuck anywhere; exits with 2 when there is anything. */
export async function lookAtProblems(names: readonly string[], options: GetOptions, context: Context) {
  const { io } = context;
  const problems = await problemsAsked(names, options, context);
  return oneLook(problems.length > 0 ? EXIT.differs : EXIT.ok, problems, {
    nameOf: ({ metadata }) => metadata.name,
    textOf: (one) => JSON.stringify(one),
    show: (some) => showProblems(io, some, options),
  });
}

/** Everything that is stuck, where it is asked for. */
export async function problemsAsked(
  names: readonly string[],
  options: GetOptions,
  context: Context,
): Promise<Output<'Problem'>[]> {
  const { io } = context;
  const view = await readRegistry(options, context);
  const status = await context.openStatus(options, io);
  const partitions = [...clustersAsked(options.cluster, view), NO_CLUSTER];
  const [all, backOffs] = await Promise.all([
    fromAll(partitions, (partition) => status.targets(partition, io.signal)),
    status.backOffs(io.signal).then(backingOff),
  ]);
  const selection = selectionOf(options, names);
  const rows = [
    ...selectedTargets(all, selection, view.routes),
    ...all.filter(({ cluster }) => cluster === NO_CLUSTER),
  ];
  const found = problemsOf({ rows, bad: view.bad, backOffs });
  const selected = found.filter((one) => one.spec.about === 'target' || isProblemSelected(one, selection));
  return withRuns(selected, (cluster) => status.runs(cluster, io.signal));
}

async function showProblems(
  io: Io,
  problems: readonly Output<'Problem'>[],
  { output }: GetOptions,
): Promise<void> {
  const states = problems.map(({ status }) => status.state);
  const document = listOf('ProblemList', problems, states, Date.now());
  await show(io, output, {
    document,
    names: problems.map(({ metadata }) => `problem/${metadata.name}`),
    text: (wide) => problemsText(io, problems, wide),
  });
  if (problems.length === 0) note(io, 'No problems.');
  else if (isForPeople(output))
    note(io, wrapped(io, sumText('problem', document.metadata.counts)).join('\n'));
}
