import type { Source, SourceProperties, VersionProperties } from './source.ts';

const NEAR_EXPIRY_SECONDS = 30 * 24 * 3600;

/** `now` in Unix seconds. Disabled wins over every date: Key Vault gives no value then. */
export function stateOf(
  properties: SourceProperties,
  now: number,
): Exclude<Source['state'], 'deleted' | 'unreadable'> {
  if (!properties.enabled) return 'disabled';
  if (properties.notBefore !== undefined && properties.notBefore > now) return 'not-yet-valid';
  if (properties.expires === undefined) return 'valid';
  if (properties.expires <= now) return 'expired';
  return properties.expires <= now + NEAR_EXPIRY_SECONDS ? 'near-expiry' : 'valid';
}

/** The version to deliver while the latest one waits for its not-before date. `versions` come newest first. */
export function newestValid(
  versions: readonly VersionProperties[],
  now: number,
): VersionProperties | undefined {
  return versions.find(
    (version) => version.enabled && (version.notBefore === undefined || version.notBefore <= now),
  );
}
