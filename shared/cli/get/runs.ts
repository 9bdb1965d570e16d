import { listOf } from '../../output/fields.ts';
import { runDocument } from '../../output/run.ts';
import type { RunStatus } from '../../status/run.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import type { Context } from '../command.ts';
import { clustersAsked, fromAll, readRegistry } from '../connect/registry.ts';
import { isForPeople, show } from '../output/format.ts';
import type { Column } from '../output/table.ts';
import { fittedTable } from '../output/table.ts';
import { oneLook } from '../output/watch.ts';
import { countsText, linesText } from '../run/result.ts';
import { agoText } from '../terminal/text.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT, note, say } from '../terminal/io.ts';
import type { GetOptions } from './options.ts';

/** Of each cluster, unless runs are named: nobody reads fifty. */
const LATEST = 3;

/** `vaultcast get runs`: newest first; of runs that are named, their lines, too. */
export async function lookAtRuns(names: readonly string[], options: GetOptions, context: Context) {
  const { io } = context;
  const rows = await rowsAsked(names, options, context);
  const missing = names.some((name) => !rows.some(({ run }) => run === name));
  return oneLook(missing ? EXIT.failed : EXIT.ok, rows, {
    nameOf: keyOf,
    textOf: (row) => JSON.stringify(runDocument(row)),
    show: (some) => showRuns(io, some, { ...options, isNamed: names.length > 0 }),
  });
}

async function rowsAsked(
  names: readonly string[],
  options: GetOptions,
  context: Context,
): Promise<RunStatus[]> {
  const { io } = context;
  const { state: asked, route, cluster } = options;
  const view = await readRegistry(options, context);
  const status = await context.openStatus(options, io);
  const wanted = ({ run, state, scope }: RunStatus): boolean =>
    (names.length === 0 || names.includes(run)) &&
    (asked === undefined || state === asked) &&
    (route === undefined || scope === route);
  const partitions = [...clustersAsked(cluster, view), ...(cluster === undefined ? [NO_CLUSTER] : [])];
  const found = await fromAll(partitions, async (partition) => {
    const rows = (await status.runs(partition, io.signal)).filter(wanted);
    return names.length > 0 ? rows : rows.slice(0, LATEST);
  });
  return found.toSorted((a, b) => (`${b.run} ${a.cluster}` < `${a.run} ${b.cluster}` ? -1 : 1));
}

function keyOf({ run, cluster }: RunStatus): string {
  return cluster === NO_CLUSTER ? `run/${run}` : `run/${run}/${cluster}`;
}

async function showRuns(
  io: Io,
  rows: readonly RunStatus[],
  { output, isNamed }: GetOptions & { isNamed: boolean },
): Promise<void> {
  const states = rows.map(({ state }) => state);
  const document = listOf('RunList', rows.map(runDocument), states, Date.now());
  const text = (wide: boolean): string =>
    rows.length === 0 ? '' : fittedTable(io, columns(rows, Date.now()), rows, wide);
  await show(io, output, { document, names: rows.map(keyOf), text });
  if (rows.length === 0) note(io, isNamed ? 'No such run.' : 'No runs.');
  const lines = isNamed && isForPeople(output) ? linesText(io, rows) : [];
  if (lines.length > 0) say(io, ['', ...lines].join('\n'));
}

/** Of what people asked for; the timer's runs have no author. */
const BY: Column<RunStatus> = { heading: 'BY', of: ({ by = '' }) => by, least: 6, leaves: 0 };

/** The run's id is never shortened: people copy it. */
function columns(rows: readonly RunStatus[], now: number): Column<RunStatus>[] {
  return [
    { heading: 'RUN', of: ({ run }) => run },
    { heading: 'COMMAND', of: ({ kind }) => kind, leaves: 2 },
    { heading: 'CLUSTER', of: ({ cluster }) => (cluster === NO_CLUSTER ? '' : cluster), least: 8 },
    { heading: 'ROUTE', of: ({ scope }) => scope, least: 8, leaves: 1 },
    { heading: 'STATE', of: ({ state }) => state, state: ({ state }) => state },
    ...(rows.some(({ by }) => by !== undefined) ? [BY] : []),
    { heading: 'AGO', of: ({ startedAt }) => agoText(now - startedAt) },
    { heading: 'TOOK', of: tookText, leaves: 3 },
    { heading: 'TARGETS', of: progressText, leaves: 4 },
    { heading: 'OUTCOMES', of: ({ counts }) => countsText(counts), least: 30, leaves: 5 },
  ];
}

function progressText({ state, done, total }: RunStatus): string {
  return state === 'running' ? `${done}/${total}` : String(total);
}

function tookText({ startedAt, finishedAt }: RunStatus): string {
  return finishedAt === 0 ? '' : agoText(finishedAt - startedAt);
}
