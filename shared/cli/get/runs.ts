import type { RunStatus } from '../../status/run.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import type { Context } from '../command.ts';
import { fromAll, partitionsOf, readRegistry } from '../connect/registry.ts';
import { countsText, linesText } from '../run/result.ts';
import { agoText, harmless } from '../terminal/text.ts';
import type { ExitCode } from '../terminal/io.ts';
import { EXIT, say } from '../terminal/io.ts';
import { printRows } from '../terminal/print.ts';
import type { GetOptions } from './selection.ts';

/** Of each cluster, unless runs are named: nobody reads fifty. */
const LATEST = 3;

/** `vaultcast get runs`: newest first; of runs that are named, their lines, too. */
export async function getRuns(
  names: readonly string[],
  options: GetOptions,
  context: Context,
): Promise<ExitCode> {
  const { io } = context;
  const { output, state: asked, route } = options;
  const view = await readRegistry(options, context);
  const status = await context.openStatus(options, io);
  const wanted = ({ run, state, scope }: RunStatus): boolean =>
    (names.length === 0 || names.includes(run)) &&
    (asked === undefined || state === asked) &&
    (route === undefined || scope === route);
  const found = await fromAll(partitionsOf(options.cluster, view), async (partition) => {
    const rows = (await status.runs(partition, io.signal)).filter(wanted);
    return names.length > 0 ? rows : rows.slice(0, LATEST);
  });
  const rows = found.toSorted((a, b) => (`${b.run} ${a.cluster}` < `${a.run} ${b.cluster}` ? -1 : 1));
  printRows(io, output, rows, () => tableRows(rows, Date.now()), 'No such run.');
  const isTable = output === 'table' || output === 'wide';
  const lines = names.length > 0 && isTable ? rows.flatMap(linesText) : [];
  if (lines.length > 0) say(io, ['', ...lines].join('\n'));
  return EXIT.ok;
}

function tableRows(rows: readonly RunStatus[], now: number): string[][] {
  const body = rows.map((row) => {
    const { run, kind, cluster, scope, state, done, total, counts } = row;
    const progress = state === 'running' ? `${done}/${total}` : String(total);
    const where = [run, kind, cluster === NO_CLUSTER ? '' : cluster, scope];
    const times = [agoText(now - row.startedAt), tookText(row)];
    return [...where, state, ...times, progress, countsText(counts)].map(harmless);
  });
  return [['RUN', 'KIND', 'CLUSTER', 'ROUTE', 'STATE', 'AGO', 'TOOK', 'TARGETS', 'OUTCOMES'], ...body];
}

function tookText({ startedAt, finishedAt }: RunStatus): string {
  return finishedAt === 0 ? '' : agoText(finishedAt - startedAt);
}
