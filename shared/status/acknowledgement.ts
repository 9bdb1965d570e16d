import { z } from 'zod';
import { LATEST_MS } from '../time.ts';
import { NO_CLUSTER, type TargetStatus } from './target.ts';

const schema = z.object({
  by: z.string().min(1),
  /** ms since the epoch. */
  at: z.int().min(0).max(LATEST_MS),
  reason: z.string(),
  /** What was acknowledged: see `subjectOf`. */
  code: z.string(),
  of: z.string(),
});

type Acknowledgement = z.output<typeof schema>;

/** What a person knew of: of a target its delivery, which a new version ends; of what has no target, what is said of it. */
function subjectOf({ cluster, message, deliveredAt }: TargetStatus): string {
  return cluster === NO_CLUSTER ? message : String(deliveredAt);
}

/** The row with what a person says of it. It hides nothing: state, code and message stay. */
export function acknowledged(
  row: TargetStatus,
  { by, at, reason }: Pick<Acknowledgement, 'by' | 'at' | 'reason'>,
): TargetStatus {
  const ack: Acknowledgement = { by, at, reason, code: row.code, of: subjectOf(row) };
  return { ...row, ack: JSON.stringify(ack) };
}

/** Who knows of what the row says now; undefined when nobody said so, or when it says something else by now. */
export function acknowledgementOf(row: TargetStatus): Acknowledgement | undefined {
  if (row.ack === '') return undefined;
  const { data } = schema.safeParse(jsonOf(row.ack));
  return data?.code === row.code && data.of === subjectOf(row) ? data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
