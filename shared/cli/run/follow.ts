import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { RunStatus } from '../../status/run.ts';
import type { Ports } from '../../ports.ts';
import type { ExitCode, Io } from '../terminal/io.ts';
import { EXIT, note } from '../terminal/io.ts';
import { exitOf } from './result.ts';

/** One result that is waited for. */
interface Awaited {
  run: string;
  cluster: string;
}

interface Followed {
  /** What is known of each, in the order asked for; finished or not. */
  rows: RunStatus[];
  /** Without any sign of life. */
  missing: string[];
  end: 'finished' | 'timeout' | 'interrupted';
}

const PARALLEL = 8;
/** A table may be away for a moment while a run takes minutes. */
const FAILURES_BORNE = 3;

export function isFinished({ state }: RunStatus): boolean {
  return state !== 'running';
}

/**
 * Looks at `Runs` until all rows are finished, time is up or the person gives up. The run itself goes on in any case.
 * Rejects when the table cannot be read several times in a row.
 */
export async function follow(
  status: Pick<Ports['status'], 'runs'>,
  awaited: readonly Awaited[],
  { pollMs, timeoutMs, signal }: { pollMs: number; timeoutMs: number; signal: AbortSignal },
  onRow: (row: RunStatus) => void,
): Promise<Followed> {
  const known = new Map<Awaited, RunStatus>();
  const deadline = Date.now() + timeoutMs;
  const open = (): Awaited[] => awaited.filter((one) => !isDone(known.get(one)));
  const result = (end: Followed['end']): Followed => ({
    rows: awaited.flatMap((one) => known.get(one) ?? []),
    missing: awaited.flatMap((one) => (known.has(one) ? [] : [one.cluster])),
    end,
  });
  const take = (one: Awaited, row: RunStatus): void => {
    if (isNews(known.get(one), row)) onRow(row);
    known.set(one, row);
  };
  const look = bearing(async () => {
    const found = await pLimit(PARALLEL).map(open(), (one) => find(status, one, signal));
    for (const [one, row] of found.flat()) take(one, row);
  });
  while (open().length > 0) {
    await look(signal);
    if (signal.aborted) return result('interrupted');
    if (open().length === 0) break;
    if (Date.now() >= deadline) return result('timeout');
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
  return result('finished');
}

/** The same, but a few failures in a row are borne. */
function bearing(look: () => Promise<void>): (signal: AbortSignal) => Promise<void> {
  let failures = 0;
  return async (signal) => {
    try {
      await look();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!signal.aborted && failures > FAILURES_BORNE) throw error;
    }
  };
}

function isDone(row: RunStatus | undefined): boolean {
  return row !== undefined && isFinished(row);
}

async function find(
  status: Pick<Ports['status'], 'runs'>,
  awaited: Awaited,
  signal: AbortSignal,
): Promise<[Awaited, RunStatus][]> {
  const rows = await status.runs(awaited.cluster, signal);
  const row = rows.find((one) => one.run === awaited.run);
  return row === undefined ? [] : [[awaited, row]];
}

function isNews(before: RunStatus | undefined, now: RunStatus): boolean {
  return before === undefined || before.state !== now.state || before.done !== now.done;
}

/** Says why the command waits no longer, if the run goes on. */
export function exitAfter({ rows, missing, end }: Followed, runs: string, io: Io): ExitCode {
  if (end === 'finished') return exitOf(rows);
  const why = end === 'timeout' ? 'Waited long enough' : 'Interrupted';
  note(io, `${why}: the run goes on in the app. See later: vaultcast get runs ${runs}`);
  if (end === 'interrupted') return EXIT.interrupted;
  if (missing.length > 0)
    note(io, `No sign of ${missing.join(', ')} yet: is the app running, and is this its queue?`);
  return EXIT.failed;
}
