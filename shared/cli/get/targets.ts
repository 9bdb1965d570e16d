import { listOf } from '../../output/fields.ts';
import { targetText } from '../../output/problem.ts';
import type { Output } from '../../output/json-schema.ts';
import { selectedTargets } from '../../output/select.ts';
import { targetDocument } from '../../output/target.ts';
import type { TargetStatus } from '../../status/target.ts';
import type { Context } from '../command.ts';
import { clustersAsked, fromAll, readRegistry } from '../connect/registry.ts';
import { isForPeople, show } from '../output/format.ts';
import type { Column } from '../output/table.ts';
import { fittedTable } from '../output/table.ts';
import { wrapped } from '../output/wrapped.ts';
import { oneLook } from '../output/watch.ts';
import { agoText, sumText } from '../terminal/text.ts';
import type { Io } from '../terminal/io.ts';
import { EXIT, note } from '../terminal/io.ts';
import type { GetOptions } from './options.ts';
import { selectionOf } from './selection.ts';

/** `vaultcast get targets`. */
export async function lookAtTargets(names: readonly string[], options: GetOptions, context: Context) {
  const { io } = context;
  const view = await readRegistry(options, context);
  const status = await context.openStatus(options, io);
  const all = await fromAll(clustersAsked(options.cluster, view), (cluster) =>
    status.targets(cluster, io.signal),
  );
  const rows = selectedTargets(all, selectionOf(options, names), view.routes);
  const items = rows.map((row) => ({ row, document: targetDocument(row), name: nameOf(row) }));
  return oneLook(EXIT.ok, items, {
    nameOf: ({ name }) => name,
    textOf: ({ document }) => JSON.stringify(document),
    show: (some) => showTargets(io, some, options),
  });
}

function nameOf(row: TargetStatus): string {
  return `target/${row.cluster}/${targetText(row)}`;
}

interface Item {
  row: TargetStatus;
  document: Output<'Target'>;
  name: string;
}

async function showTargets(io: Io, items: readonly Item[], { output }: GetOptions): Promise<void> {
  const now = Date.now();
  const states = items.map(({ row }) => row.state);
  const list = listOf(
    'TargetList',
    items.map(({ document }) => document),
    states,
    now,
  );
  const text = (wide: boolean): string =>
    items.length === 0
      ? ''
      : fittedTable(
          io,
          columns(now, wide),
          items.map(({ row }) => row),
          wide,
        );
  await show(io, output, { document: list, names: items.map(({ name }) => name), text });
  if (items.length === 0) note(io, 'No target: nothing was delivered or refused there yet.');
  else if (isForPeople(output)) note(io, wrapped(io, sumText('target', list.metadata.counts)).join('\n'));
}

/** What stands, and what happens next. */
function columns(now: number, wide: boolean): Column<TargetStatus>[] {
  const ago = (ms: number): string => (ms === 0 ? '' : agoText(now - ms));
  const common: Column<TargetStatus>[] = [
    { heading: 'CLUSTER', of: ({ cluster }) => cluster, least: 12 },
    { heading: 'TARGET', of: targetText, least: 16 },
    { heading: 'STATE', of: ({ state }) => state, state: ({ state }) => state },
    { heading: 'REASON', of: ({ code }) => code, least: 16 },
    { heading: 'STANDS', of: ({ stands }) => stands, leaves: 2 },
    { heading: 'DELIVERED', of: ({ deliveredAt }) => ago(deliveredAt), leaves: 4 },
    { heading: 'SINCE', of: ({ since }) => ago(since), leaves: 3 },
    { heading: 'ROUTE', of: ({ route }) => route, least: 10, leaves: 1 },
  ];
  if (!wide) return common;
  return [
    ...common,
    { heading: 'ATTEMPTS', of: ({ attempts }) => String(attempts) },
    { heading: 'RETRY', of: ({ nextRetry }) => (nextRetry === 0 ? '' : new Date(nextRetry).toISOString()) },
    { heading: 'CAUSE', of: ({ cause }) => cause },
    { heading: 'SOURCES', of: ({ sources }) => sources },
    { heading: 'MESSAGE', of: ({ message }) => message },
  ];
}
