import { blankRow, type TargetStatus } from '../../shared/status/target.ts';

export const V1 = '0123456789abcdef0123456789abcdef';

/** A row of `Targets` as a push leaves it. */
export function aRow(overrides: Partial<TargetStatus> = {}): TargetStatus {
  const about = { cluster: 'weu-1', id: 'app-1:pg', state: 'synced', code: 'DELIVERED' } as const;
  return {
    ...blankRow({ ...about, message: 'the Secret was created', since: 0 }),
    route: 'app-1',
    stands: 'yes',
    deliveredAt: 1_795_000_012_000,
    uid: 'uid-1',
    resourceVersion: '7',
    fingerprint: 'f',
    sources: `team/app-1--pg--password@${V1}:1795000000`,
    since: Date.now() - 3 * 3_600_000,
    cause: 'event-1',
    readAt: 1_795_000_000,
    ...overrides,
  };
}
