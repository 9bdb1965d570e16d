import { readSpare } from '../../shared/config/config.ts';
import type { Parameters } from './parameters.ts';

/** Parameters that become settings of the app, and those settings. */
const SETTINGS = {
  armEndpoint: 'ARM_ENDPOINT',
  armAudience: 'ARM_AUDIENCE',
  clusterHosts: 'CLUSTER_HOSTS',
  clusterScopes: 'CLUSTER_SCOPES',
  consentNotRequired: 'CONSENT_NOT_REQUIRED',
  allowedMetadata: 'ALLOWED_METADATA',
  ownersGroupId: 'OWNERS_GROUP',
  reconcileSchedule: 'RECONCILE_SCHEDULE',
} as const satisfies Partial<Record<keyof Parameters, string>>;

/** What the app would leave out of its settings, in its own words: before the new code is there, nothing depends on it yet. */
export function settingRefusals(given: Parameters): string[] {
  const names = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];
  const { leftOut } = readSpare(
    Object.fromEntries(names.map((name) => [SETTINGS[name], [given[name]].flat().join(',')])),
  );
  return names.flatMap((name) => (leftOut.get(SETTINGS[name]) ?? []).map((problem) => `${name}: ${problem}`));
}
