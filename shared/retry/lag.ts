import { latestOf, type SourceStatus } from '../source/source.ts';

/** No replica lags for longer: what was announced that long ago and is not there is gone, or is found by a run. */
export const LAG_MOST_SECONDS = 600;

/** Whether the vault shows something older than what was announced, and may show that yet. `now` in Unix seconds. */
export function lags(source: SourceStatus, announced: { version: string; at: number }, now: number): boolean {
  if (source.state === 'deleted') return now - announced.at < LAG_MOST_SECONDS;
  const latest = latestOf(source);
  if (latest === undefined || latest.version === announced.version) return false;
  return latest.created <= announced.at;
}

/** Whether what it shows was made in that second (Unix): as likely after what was announced of it as before. */
export function isOfSecond(source: SourceStatus, at: number): boolean {
  return latestOf(source)?.created === at;
}
