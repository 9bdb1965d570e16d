import { inspect } from 'node:util';
import { createLog } from '../../shared/adapters/log.ts';
import { toRunEntity } from '../../shared/adapters/storage/status/run-row.ts';
import { toTargetEntity } from '../../shared/adapters/storage/status/target-row.ts';
import { failureOf } from '../../shared/errors.ts';
import { aRunRow } from '../support/contracts/runs.ts';
import { aTargetRow } from '../support/contracts/status.ts';
import { leaksIn, type Captured } from '../stack/leaks.ts';

/** Everything a thrown thing says, to whatever looks at it: its causes, its stack, and what no listing shows. */
function textsOf(error: unknown): string[] {
  const { stack, cause } = error instanceof Error ? error : {};
  const own = typeof error === 'object' && error !== null ? { ...error } : error;
  return [
    String(stack ?? error),
    JSON.stringify(own) ?? '',
    inspect(error, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null }),
    ...(cause === undefined ? [] : textsOf(cause)),
  ];
}

/** All that is left of a failure: the error itself, its log line, and the rows that tell of it. */
function remainsOf(what: string, error: unknown): Captured[] {
  const lines: string[] = [];
  const keep = (line: string): void => void lines.push(line);
  const sink = { info: keep, warn: keep, error: keep };
  const { code, message } = failureOf(error);
  createLog(sink, { now: () => 0 }).line({ code, message, vault: 'team', cluster: 'weu-1' });
  const rows = [toTargetEntity(aTargetRow({ code, message })), toRunEntity(aRunRow({ lines: [message] }))];
  return [
    ...textsOf(error).map((text) => ({ where: `the error of ${what}`, text })),
    ...lines.map((text) => ({ where: `the log line of ${what}`, text })),
    ...rows.map((row) => ({ where: `a row after ${what}`, text: JSON.stringify(row) })),
  ];
}

/** Makes calls and keeps what is left of those that fail. */
export async function failuresOf(
  what: string,
  calls: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Captured[]> {
  const ended = await Promise.all(
    Object.entries(calls).map(([name, call]) =>
      call().then(
        () => [],
        (error: unknown) => remainsOf(`${name} (${what})`, error),
      ),
    ),
  );
  return ended.flat();
}

/** Where secrets can be read. Most failures say the same, and are looked at once. */
export function leaksOf(left: readonly Captured[], secrets: readonly string[]): string[] {
  const byText = new Map(left.map((one) => [one.text.replaceAll(/:\d+:\d+\)?$/gm, ''), one]));
  return leaksIn([...byText.values()], secrets);
}
