import { NO_CLUSTER } from '../../status/target.ts';
import type { RunStatus } from '../../status/run.ts';
import type { Io } from '../terminal/io.ts';
import { note } from '../terminal/io.ts';
import { isFinished } from './follow.ts';

/** What a person sees while a run goes on; never the result, so it goes to stderr. */
interface Progress {
  row(row: RunStatus): void;
  end(): Promise<void>;
}

const BAR = 20;

/** `weu-1 [#####---------------] 12/48`. */
export function progressText({ cluster, kind, done, total, state, scope }: RunStatus): string {
  const title = [cluster === NO_CLUSTER ? kind : cluster, scope].filter(Boolean).join(' ');
  if (state !== 'running') return `${title} ${state}`;
  if (total === 0) return `${title} looking`;
  const filled = Math.round((Math.min(done, total) / total) * BAR);
  return `${title} [${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${done}/${total}`;
}

/** For pipes and logs: a line when something begins and ends. */
export function plainProgress(io: Io): Progress {
  const begun = new Set<string>();
  return {
    row(row) {
      const key = `${row.run} ${row.cluster}`;
      if (isFinished(row) || !begun.has(key)) note(io, progressText(row));
      begun.add(key);
    },
    end: () => Promise.resolve(),
  };
}
