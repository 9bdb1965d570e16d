import { z } from 'zod';
import type { StoredEntity } from '../../../shared/adapters/storage/entity.ts';
import type { TargetStatus } from '../../../shared/status/target.ts';

/**
 * How version 0.1.0 (commit a2ef93b) reads a row of `Targets`: a row that does not fit reads as absent, so that its runs look
 * at the target itself and write the row anew. A copy that must not follow the code; the fake status holds every row of every
 * test to it.
 */
export const CODES_OF_EARLIER = `
  DELIVERED UNCHANGED SUPERSEDED REMOVED EVENT_IGNORED NO_ROUTE PAUSED SCHEDULED RUN_DONE PLANNED
  NEAR_EXPIRY EXPIRED SOURCE_DISABLED SOURCE_DELETED SOURCE_NOT_YET_VALID EVENT_REJECTED BAD_NAME
  BAD_ROW BAD_MESSAGE NOT_ACCEPTED NAMESPACE_MISSING NOT_OURS COLLISION RENDER_REFUSED
  SECRET_INVALID CLUSTER_NOT_ALLOWED CLUSTER_CREDENTIAL KEY_ORPHANED ORPHANED REMOVAL_HELD CONFLICT
  STALE_READ OUT_OF_TIME VAULT_THROTTLED VAULT_FORBIDDEN VAULT_UNAVAILABLE TOKEN_UNAVAILABLE
  CLUSTER_UNREACHABLE CLUSTER_TLS CLUSTER_TIMEOUT CLUSTER_UNAUTHORIZED CLUSTER_FORBIDDEN
  CLUSTER_THROTTLED CLUSTER_FAILED CLUSTER_PROBED REGISTRY_UNAVAILABLE STATUS_UNAVAILABLE
  QUEUE_UNAVAILABLE INTERNAL GAVE_UP RUN_MISSED`
  .trim()
  .split(/\s+/);

const earlierTarget = z.object({
  state: z.enum(['current', 'waiting', 'refused', 'problem', 'orphaned']),
  code: z.enum(CODES_OF_EARLIER),
  uid: z.string(),
  removal: z.string().default(''),
});

/** What counts as proof of a removal there. */
const earlierProof = z.record(
  z.string(),
  z.strictObject({ reason: z.string(), run: z.string(), at: z.number() }),
);

function isProofThere(text: string): boolean {
  try {
    return text !== '' && Object.keys(earlierProof.parse(JSON.parse(text))).length > 0;
  } catch {
    return false;
  }
}

/** What version 0.1.0 would take a row for that it is not, in words; undefined when it reads it rightly or not at all. */
export function misreadByEarlier(entity: StoredEntity, row: TargetStatus): string | undefined {
  const { data } = earlierTarget.safeParse(entity);
  if (data === undefined) return undefined;
  if (data.state === 'current' || data.state === 'waiting')
    return `${row.id} is ${row.state} and would be ${data.state}`;
  if (data.state !== row.state) return `${row.id} is ${row.state} and would be ${data.state}`;
  return isProofThere(data.removal) ? `${row.id} would bring proof of a removal along` : undefined;
}
