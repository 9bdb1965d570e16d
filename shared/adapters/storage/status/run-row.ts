import { z } from 'zod';
import { VaultcastError } from '../../../errors.ts';
import { runId } from '../../../retry/message.ts';
import { RUN_STATES, type RunStatus } from '../../../status/run.ts';
import { boundedText, MESSAGE_MAX } from '../../bounded-text.ts';
import { TEXT_COLUMN_MAX } from './columns.ts';
import { count, tableKey, time, type Entity, type StoredEntity } from '../entity.ts';

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
});

/** As many lines as fit into one column, and how many did not. */
function boundedLines(lines: readonly string[]): string {
  const kept: string[] = [];
  let size = 100;
  for (const line of lines.map((long) => boundedText(long, MESSAGE_MAX))) {
    size += JSON.stringify(line).length + 1;
    if (size > TEXT_COLUMN_MAX) break;
    kept.push(line);
  }
  const left = lines.length - kept.length;
  return JSON.stringify(left === 0 ? kept : [...kept, `… and ${left} more`]);
}

export function toRunEntity(row: RunStatus): Entity {
  const { cluster, ...columns } = row;
  return {
    ...columns,
    partitionKey: tableKey(cluster),
    rowKey: runRowKey(row.run),
    startedAt: new Date(row.startedAt),
    finishedAt: new Date(row.finishedAt),
    counts: JSON.stringify(row.counts),
    lines: boundedLines(row.lines),
  };
}

export function fromRunEntity(entity: StoredEntity): RunStatus | undefined {
  const { data } = runColumns.safeParse(entity);
  return data && { cluster: entity.partitionKey ?? '', ...data };
}
