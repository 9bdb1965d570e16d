import type { Status } from '../../ports.ts';
import { blankRow, NO_CLUSTER } from '../../status/target.ts';
import type { TargetStatus } from '../../status/target.ts';
import type { Context } from '../command.ts';
import { fromAll, partitionsOf, readRegistry } from '../connect/registry.ts';
import type { RegistryView } from '../connect/registry.ts';
import { agoText, harmless } from '../terminal/text.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';
import { printRows } from '../terminal/print.ts';
import { selectRows, targetText } from './selection.ts';
import type { GetOptions } from './selection.ts';

/** What waits, was refused or given up: a person may have to act. An orphan is kept on purpose and stuck nowhere. */
const STUCK: ReadonlySet<TargetStatus['state']> = new Set([
  'degraded',
  'pending',
  'refused',
  'failed',
  'problem',
]);

/** `vaultcast get targets` and `get problems`: the latter exits with 2 when there are any. */
export async function getTargets(
  kind: 'targets' | 'problems',
  names: readonly string[],
  options: GetOptions,
  context: Context,
): Promise<ExitCode> {
  const { io } = context;
  const view = await readRegistry(options, context);
  const status = await context.openStatus(options, io);
  const all = await fromAll(partitionsOf(options.cluster, view), (partition) =>
    status.targets(partition, io.signal),
  );
  const isProblems = kind === 'problems';
  const stuck = isProblems ? all.filter((row) => STUCK.has(row.state)) : all;
  const others = isProblems ? await problemsOfNoTarget(status, view, options, io.signal) : [];
  const rows = selectRows([...stuck, ...others], names, options, view.routes);
  const none = isProblems ? 'No problems.' : 'No target: nothing was delivered or refused there yet.';
  printRows(io, options.output, rows, () => tableRows(rows, kind, options.output, Date.now()), none);
  return isProblems && rows.length > 0 ? EXIT.differs : EXIT.ok;
}

/** What is wrong with a registry row or a whole cluster, as rows beside those of targets. */
async function problemsOfNoTarget(
  status: Pick<Status, 'backOffs'>,
  view: RegistryView,
  { cluster: asked }: GetOptions,
  signal: AbortSignal,
): Promise<TargetStatus[]> {
  const isAsked = (name: string): boolean => asked === undefined || asked.includes(name);
  const problem = { state: 'problem', since: 0 } as const;
  const invalid = view.bad
    .filter(({ name }) => isAsked(name))
    .map(({ kind, name, message }) => {
      const row = blankRow({
        ...problem,
        cluster: NO_CLUSTER,
        id: `${kind}:${name}`,
        code: 'BAD_ROW',
        message,
      });
      return kind === 'Route' ? { ...row, route: name } : row;
    });
  const failing = [...(await status.backOffs(signal))]
    .filter(([cluster]) => isAsked(cluster))
    .map(([cluster, { failures, nextTry }]) => {
      const next = new Date(nextTry).toISOString();
      const message = `it failed ${failures} times in a row; looked at again at ${next}`;
      const row = blankRow({ ...problem, cluster, id: '(cluster)', code: 'CLUSTER_BACKOFF', message });
      return { ...row, attempts: failures };
    });
  return [...invalid, ...failing];
}

/** Rows of text, the heading first. */
function tableRows(
  rows: readonly TargetStatus[],
  kind: 'targets' | 'problems',
  output: GetOptions['output'],
  now: number,
): string[][] {
  const [headings, more] = columns(kind, output);
  const body = rows.map((row) => {
    const { cluster, state, code } = row;
    return [cluster, targetText(row), state, code, sinceText(row, now), ...more(row)].map(harmless);
  });
  return [['CLUSTER', 'TARGET', 'STATE', 'CODE', 'SINCE', ...headings], ...body];
}

/** What stands right of the columns that every table has. */
function columns(
  kind: 'targets' | 'problems',
  output: GetOptions['output'],
): [headings: string[], cells: (row: TargetStatus) => string[]] {
  if (output === 'wide')
    return [
      ['ROUTE', 'ATTEMPTS', 'CAUSE', 'SOURCES', 'MESSAGE'],
      ({ route, attempts, cause, sources, message }) => [route, String(attempts), cause, sources, message],
    ];
  return kind === 'targets' ? [['ROUTE'], ({ route }) => [route]] : [['MESSAGE'], ({ message }) => [message]];
}

function sinceText({ since }: TargetStatus, now: number): string {
  return since === 0 ? '' : agoText(now - since);
}
