import type { TargetStatus } from '../../status/target.ts';
import { harmless } from '../terminal/colour.ts';
import type { Context } from '../command.ts';
import type { StatusReader } from '../connect/settings.ts';
import { agoText } from '../terminal/durations.ts';
import type { GetOptions } from './get.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT } from '../terminal/io.ts';
import { printRows } from '../terminal/print.ts';
import { readRegistry } from '../connect/registry.ts';
import type { RegistryView } from '../connect/registry.ts';
import { badRowProblem, backOffProblem, fromAll, partitionsOf, selectRows, targetText } from './selection.ts';

const sinceText = ({ since }: TargetStatus, now: number): string => (since === 0 ? '' : agoText(now - since));

function wideRow(row: TargetStatus, now: number): string[] {
  const { cluster, state, code, route, sources, attempts, cause, message } = row;
  const cells = [cluster, targetText(row), state, code, sinceText(row, now), route];
  return [...cells, String(attempts), cause, sources, message].map(harmless);
}

/** Rows of text, the heading first. */
function tableRows(rows: readonly TargetStatus[], kind: string, output: string, now: number): string[][] {
  if (output === 'wide')
    return [
      ['CLUSTER', 'TARGET', 'STATE', 'CODE', 'SINCE', 'ROUTE', 'ATTEMPTS', 'CAUSE', 'SOURCES', 'MESSAGE'],
      ...rows.map((row) => wideRow(row, now)),
    ];
  const isTargets = kind === 'targets';
  const body = rows.map((row) => {
    const cells = [row.cluster, targetText(row), row.state, row.code, sinceText(row, now)];
    return [...cells, isTargets ? row.route : row.message].map(harmless);
  });
  return [['CLUSTER', 'TARGET', 'STATE', 'CODE', 'SINCE', isTargets ? 'ROUTE' : 'MESSAGE'], ...body];
}

/** What waits, was refused or given up: a person may have to act. An orphan is kept on purpose and stuck nowhere. */
const STUCK: ReadonlySet<TargetStatus['state']> = new Set(['waiting', 'refused', 'problem']);

async function problemsIn(
  status: StatusReader,
  view: RegistryView,
  { io }: Context,
  { cluster }: GetOptions,
): Promise<TargetStatus[]> {
  const backOffs = [...(await status.backOffs(io.signal))];
  const failing = backOffs.filter(([name]) => cluster === undefined || cluster.includes(name));
  const bad = cluster === undefined ? view.bad : view.bad.filter((row) => cluster.includes(row.name));
  return [...bad.map(badRowProblem), ...failing.map(([name, backOff]) => backOffProblem(name, backOff))];
}

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
  const others = isProblems ? await problemsIn(status, view, context, options) : [];
  const rows = selectRows([...stuck, ...others], { ...options, names }, view.routes);
  const none = isProblems ? 'No problems.' : 'No target: nothing was delivered or refused there yet.';
  printRows(io, options.output, rows, () => tableRows(rows, kind, options.output, Date.now()), none);
  return isProblems && rows.length > 0 ? EXIT.differs : EXIT.ok;
}
