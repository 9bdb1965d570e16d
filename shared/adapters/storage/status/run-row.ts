import type { TableEntity } from '@azure/data-tables';
import { z } from 'zod';
import { VaultcastError } from '../../../errors.ts';
import { runId } from '../../../retry/message.ts';
import { isComplete, RUN_STATES, type RunStatus } from '../../../status/run.ts';
import { quietLook } from '../../../status/quiet.ts';
import { runSummary } from '../../../status/summary.ts';
import { boundedText, MESSAGE_MAX } from '../../bounded-text.ts';
import { TEXT_COLUMN_MAX } from './columns.ts';
import { count, tableKey, time, type StoredEntity } from '../entity.ts';

/** Per cluster. */
export const RUNS_KEPT = 50;

/** A run's row sorts before those of older runs: the larger its time, the smaller the key. */
function runRowKey(run: string): string {
  if (!runId.safeParse(run).success)
    throw new VaultcastError('INTERNAL', `${boundedText(run, 100)} is no run id`);
  const stamp = Number(run.slice(0, 16).replaceAll(/[TZ]/g, ''));
  return `${String(99_999_999_999_999 - stamp).padStart(14, '0')}_${run}`;
}

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue('is not JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);

const runColumns = z.object({
  run: z.string(),
  kind: z.enum(['reconcile', 'plan', 'push', 'check', 'ack']),
  scope: z.string(),
  state: z.enum(RUN_STATES),
  startedAt: time,
  finishedAt: time,
  done: count,
  total: count,
  counts: json(z.record(z.string(), count)),
  lines: json(z.array(z.string())),
  app: z.string().optional(),
  by: z.string().optional(),
  // Who reads a run can do without what it cannot read of this.
  summary: json(runSummary).optional().catch(undefined),
  quiet: json(quietLook).optional().catch(undefined),
});

const lookColumns = runColumns.pick({ state: true, finishedAt: true, summary: true });

/** The columns of a whole run that say what it came to. */
export const LOOK_COLUMNS = Object.keys(lookColumns.shape);

export function fromLookEntity(entity: StoredEntity) {
  return lookColumns.safeParse(entity).data;
}

const completeness = runColumns.pick({ kind: true, scope: true, state: true });

function isCompleteEntity(entity: StoredEntity): boolean {
  const { data } = completeness.safeParse(entity);
  return data !== undefined && isComplete(data);
}

/** Keys of rows tell seconds, ids of runs milliseconds. */
export function newestFirst(rows: readonly RunStatus[]): RunStatus[] {
  return rows.toSorted((a, b) => (a.run < b.run ? 1 : -1));
}

/** Of the rows of a cluster, newest first, those that are kept no longer. */
export function outdated(rows: readonly StoredEntity[]): StoredEntity[] {
  const complete = rows.find(isCompleteEntity);
  return rows.slice(RUNS_KEPT).filter((row) => row !== complete);
}

/** As many lines as fit into one column, and how many did not. */
function boundedLines(lines: readonly string[]): string {
  const bounded = lines.map((long) => boundedText(long, MESSAGE_MAX));
  const all = JSON.stringify(bounded);
  // As those do that a run tells again, with what was left out said in the last.
  if (all.length <= TEXT_COLUMN_MAX) return all;
  const kept: string[] = [];
  let size = 100;
  for (const line of bounded) {
    size += JSON.stringify(line).length + 1;
    if (size > TEXT_COLUMN_MAX) break;
    kept.push(line);
  }
  return JSON.stringify([...kept, `… and ${lines.length - kept.length} more`]);
}

export function toRunEntity(row: RunStatus): TableEntity {
  const { cluster, summary, quiet, ...columns } = row;
  const look = JSON.stringify(quiet) ?? '';
  return {
    ...columns,
    partitionKey: tableKey(cluster),
    rowKey: runRowKey(row.run),
    startedAt: new Date(row.startedAt),
    finishedAt: new Date(row.finishedAt),
    counts: JSON.stringify(row.counts),
    lines: boundedLines(row.lines),
    ...(summary && { summary: JSON.stringify(summary) }),
    // Of thousands of namespaces: then each run looks for itself.
    ...(look !== '' && look.length <= TEXT_COLUMN_MAX && { quiet: look }),
  };
}

export function fromRunEntity(entity: StoredEntity): RunStatus | undefined {
  const { data } = runColumns.safeParse(entity);
  return data && { cluster: entity.partitionKey ?? '', app: undefined, ...data };
}
