import type { Delivered } from './provenance.ts';
import type { Source, SourceVersion } from './source.ts';

/** Clocks of a vault's replicas may differ by so much. */
const SKEW_SECONDS = 600;

/**
 * The first source whose version was created before the one recorded on the Secret: a replica that lags, or a backup that
 * was restored. An older version that is used on purpose, because the latest one waits for its date, is no such case.
 */
export function staleSource(
  used: ReadonlyMap<string, SourceVersion>,
  sources: ReadonlyMap<string, Source>,
  recorded: ReadonlyMap<string, Delivered>,
): string | undefined {
  for (const [name, version] of used) {
    const delivered = recorded.get(name);
    if (delivered === undefined || isChosen(sources.get(name), version) || isForged(delivered, version))
      continue;
    if (version.created < delivered.created) return name;
  }
  return undefined;
}

function isChosen(source: Source | undefined, version: SourceVersion): boolean {
  return source?.state === 'not-yet-valid' && version.version !== source.latest.version;
}

/** No version was created after it was read: whoever wrote that date would hold every rotation back. */
function isForged({ created }: Delivered, { readAt }: SourceVersion): boolean {
  return created > readAt + SKEW_SECONDS;
}
