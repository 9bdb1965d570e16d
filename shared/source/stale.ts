import type { Delivered } from './provenance.ts';
import type { Source, SourceVersion } from './source.ts';

/** Clocks of a vault's replicas may differ by so much. */
const SKEW_SECONDS = 600;

/**
 * Whether a version that would be used was created before the one recorded on the Secret: a replica lags, or a backup was
 * restored. An older version that is used on purpose, because the latest one waits for its date, is no such case.
 */
export function isStale(used: SourceVersion, source: Source, delivered: Delivered | undefined): boolean {
  if (delivered === undefined || isChosen(source, used) || isForged(delivered, used)) return false;
  return used.created < delivered.created;
}

function isChosen(source: Source, used: SourceVersion): boolean {
  return source.state === 'not-yet-valid' && used.version !== source.latest.version;
}

/** No version was created after it was read: whoever wrote that date would hold every rotation back. */
function isForged({ created }: Delivered, { readAt }: SourceVersion): boolean {
  return created > readAt + SKEW_SECONDS;
}
