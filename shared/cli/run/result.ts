import type { RunStatus } from '../../status/run.ts';
import { NO_CLUSTER } from '../../status/target.ts';
import { harmless } from '../terminal/colour.ts';
import { tableText } from '../terminal/tables.ts';

/** `DELIVERED 2, UNCHANGED 10`. */
export function countsText(counts: RunStatus['counts']): string {
  return Object.entries(counts)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ');
}

function heldHint({ cluster, run, counts }: RunStatus): string[] {
  if ((counts['REMOVAL_HELD'] ?? 0) === 0) return [];
  return [`  To let them go: vaultcast reconcile --cluster ${cluster} --confirm-removals ${run}`];
}

/** The lines of a run, as the app wrote them for people. */
export function linesText(row: RunStatus): string[] {
  const lines = [...row.lines.map((line) => `  ${harmless(line)}`), ...heldHint(row)];
  if (lines.length === 0) return [];
  return row.cluster === NO_CLUSTER ? lines : [`${harmless(row.cluster)}:`, ...lines];
}

export function resultText(rows: readonly RunStatus[]): string {
  const body = rows.map((row) => [
    row.cluster === NO_CLUSTER ? row.kind : harmless(row.cluster),
    row.state,
    String(row.total),
    harmless(countsText(row.counts)),
  ]);
  const isCheck = rows.every((row) => row.kind === 'check');
  const table = tableText([['CLUSTER', 'STATE', 'TARGETS', 'OUTCOMES'], ...body]);
  return [...(isCheck ? [] : [table]), ...rows.flatMap(linesText)].join('\n');
}
