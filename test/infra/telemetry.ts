import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EARLIER_CODES } from '../../shared/errors.ts';
import type { Row } from './kusto/functions.ts';
import type { Tables } from './kusto/query.ts';

const FOLDER = join(import.meta.dirname, 'telemetry');

/**
 * What reached Application Insights in one situation. Files up to 17 were sent by the real Functions host, with the lines of
 * version 0.1.0; from 20 on, lines of this version's functions under the local host stand in the same envelope.
 */
export interface Situation {
  name: string;
  tables: Tables;
  /** ms: two hours after its last item, when whatever waits has waited too long. */
  end: number;
}

type Item = Row & { table: string; timestamp: string; message?: string };

/** A line as this version would write it: the changelog has the codes; a plan says that it is one. */
function asNow(line: string, plans: ReadonlySet<unknown>): string {
  const outcome = JSON.parse(line) as Record<string, unknown>;
  const code = String(outcome['code']);
  const message = String(outcome['message']);
  const isPlan = code === 'RUN_DONE' && plans.has(outcome['runId']);
  const now = { code: EARLIER_CODES[code] ?? code, message: isPlan ? `plan of ${message}` : message };
  return JSON.stringify({ ...outcome, ...now });
}

function tablesOf(items: readonly Item[]): Tables {
  const isLine = ({ message = '' }: Item): boolean => message.startsWith('{');
  const outcomes = items
    .filter(isLine)
    .map(({ message = '' }) => JSON.parse(message) as Record<string, unknown>);
  const plans = new Set(outcomes.filter(({ code }) => code === 'PLANNED').map(({ runId }) => runId));
  const rows = items.map((item) => ({
    ...item,
    timestamp: Date.parse(item.timestamp),
    ...(isLine(item) && { message: asNow(item.message ?? '', plans) }),
  }));
  const of = (table: string): Row[] => rows.filter((row) => row.table === table);
  return { traces: of('traces'), requests: of('requests'), exceptions: of('exceptions') };
}

export const situations: Situation[] = readdirSync(FOLDER).map((file) => {
  const items = readFileSync(join(FOLDER, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Item);
  const last = Math.max(...items.map(({ timestamp }) => Date.parse(timestamp)));
  return { name: file.replace('.jsonl', ''), tables: tablesOf(items), end: last + 2 * 3_600_000 };
});
