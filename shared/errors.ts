/**
 * Every code vaultcast can report, on one screen: its log level, whether trying again can help, and what it means.
 * Codes are stable: alerts and the runbook (infra/runbook.md, one entry per code) refer to them.
 *
 * - `retry: 'yes'`: the same work may succeed later; an event's target goes to the `push` queue.
 * - `retry: 'no'`: a person must change something first; the next reconcile looks again.
 */
export const CODES = {
  // done
  DELIVERED: { level: 'info', retry: 'no', meaning: 'the Secret was written' },
  UNCHANGED: { level: 'info', retry: 'no', meaning: 'the Secret already was as it should be' },
  SUPERSEDED: {
    level: 'info',
    retry: 'no',
    meaning: 'newer work for the same target makes this one unnecessary',
  },
  REMOVED: { level: 'info', retry: 'no', meaning: 'a key or a Secret was removed, as its route asks' },
  EVENT_IGNORED: { level: 'info', retry: 'no', meaning: 'an event vaultcast has no use for' },
  NO_ROUTE: { level: 'info', retry: 'no', meaning: 'no route wants this secret' },
  PAUSED: { level: 'info', retry: 'no', meaning: 'the cluster or the route is paused' },
  SCHEDULED: { level: 'info', retry: 'no', meaning: 'a version waits for its not-before date' },
  PLANNED: { level: 'info', retry: 'no', meaning: 'what would be done, had it not been a dry run' },
  RUN_DONE: { level: 'info', retry: 'no', meaning: 'a reconcile run finished a cluster' },
  // states of a source
  NEAR_EXPIRY: { level: 'warn', retry: 'no', meaning: 'the secret expires within 30 days' },
  EXPIRED: { level: 'warn', retry: 'no', meaning: 'the secret has expired' },
  SOURCE_DISABLED: { level: 'warn', retry: 'no', meaning: 'the secret is disabled; its keys stay as found' },
  SOURCE_DELETED: { level: 'warn', retry: 'no', meaning: 'the secret is deleted; its keys stay as found' },
  SOURCE_NOT_YET_VALID: { level: 'info', retry: 'no', meaning: 'no version of the secret is valid yet' },
  // refused: a person must act
  EVENT_REJECTED: {
    level: 'warn',
    retry: 'no',
    meaning: 'an event that is malformed or not from a configured vault',
  },
  BAD_NAME: { level: 'warn', retry: 'no', meaning: 'a name that cannot be routed' },
  BAD_ROW: { level: 'error', retry: 'no', meaning: 'a registry row does not satisfy the schema' },
  BAD_MESSAGE: { level: 'error', retry: 'no', meaning: 'a queue message does not satisfy the schema' },
  NOT_ACCEPTED: { level: 'warn', retry: 'no', meaning: 'the namespace does not accept this secret' },
  NAMESPACE_MISSING: { level: 'warn', retry: 'no', meaning: 'the namespace does not exist' },
  NOT_OURS: {
    level: 'warn',
    retry: 'no',
    meaning: 'a Secret of that name exists and is not managed by this instance',
  },
  COLLISION: { level: 'error', retry: 'no', meaning: 'another route owns this target' },
  RENDER_REFUSED: {
    level: 'error',
    retry: 'no',
    meaning: 'the sources cannot be made into the Secret the route asks for',
  },
  SECRET_INVALID: {
    level: 'error',
    retry: 'no',
    meaning: 'the API server or its admission policy refused the Secret',
  },
  CLUSTER_NOT_ALLOWED: {
    level: 'error',
    retry: 'no',
    meaning: 'the cluster is outside CLUSTER_HOSTS or CLUSTER_SCOPES',
  },
  CLUSTER_CREDENTIAL: {
    level: 'error',
    retry: 'no',
    meaning: 'the credential of the cluster cannot be used',
  },
  KEY_ORPHANED: {
    level: 'warn',
    retry: 'no',
    meaning: 'a key whose route or consent is gone left its Secret',
  },
  ORPHANED: {
    level: 'warn',
    retry: 'no',
    meaning: 'no route wants this managed Secret any more; it is kept',
  },
  REMOVAL_HELD: { level: 'error', retry: 'no', meaning: 'a run would remove too much; nothing was removed' },
  // waiting: vaultcast tries again by itself
  CONFLICT: { level: 'info', retry: 'yes', meaning: 'the Secret changed between observation and write' },
  STALE_READ: {
    level: 'warn',
    retry: 'yes',
    meaning: 'the vault answered with an older version than the one delivered',
  },
  OUT_OF_TIME: { level: 'info', retry: 'yes', meaning: 'the target did not fit into the time budget' },
  VAULT_THROTTLED: { level: 'warn', retry: 'yes', meaning: 'Key Vault answered 429' },
  VAULT_FORBIDDEN: { level: 'error', retry: 'yes', meaning: 'Key Vault refused the identity or its network' },
  VAULT_UNAVAILABLE: { level: 'warn', retry: 'yes', meaning: 'Key Vault could not be reached or failed' },
  TOKEN_UNAVAILABLE: { level: 'error', retry: 'yes', meaning: 'the managed identity gave no token' },
  CLUSTER_UNREACHABLE: { level: 'warn', retry: 'yes', meaning: 'no connection to the API server' },
  CLUSTER_TLS: {
    level: 'error',
    retry: 'yes',
    meaning: "the API server's certificate is not the registered one",
  },
  CLUSTER_TIMEOUT: { level: 'warn', retry: 'yes', meaning: 'the API server did not answer in time' },
  CLUSTER_UNAUTHORIZED: {
    level: 'error',
    retry: 'yes',
    meaning: 'the API server does not know the identity',
  },
  CLUSTER_FORBIDDEN: {
    level: 'error',
    retry: 'yes',
    meaning: 'RBAC on the cluster denies what vaultcast needs',
  },
  CLUSTER_THROTTLED: { level: 'warn', retry: 'yes', meaning: 'the API server answered 429' },
  CLUSTER_FAILED: {
    level: 'warn',
    retry: 'yes',
    meaning: 'the API server failed or gave an unusable answer',
  },
  CLUSTER_PROBED: {
    level: 'warn',
    retry: 'yes',
    meaning: 'the cluster keeps failing; the target waits for its next probe',
  },
  REGISTRY_UNAVAILABLE: { level: 'error', retry: 'yes', meaning: 'the registry tables could not be read' },
  STATUS_UNAVAILABLE: {
    level: 'error',
    retry: 'yes',
    meaning: 'the status tables could not be read or written',
  },
  QUEUE_UNAVAILABLE: { level: 'error', retry: 'yes', meaning: 'work could not be put on its queue' },
  INTERNAL: { level: 'error', retry: 'yes', meaning: 'a defect in vaultcast' },
  // alerts
  GAVE_UP: {
    level: 'error',
    retry: 'no',
    meaning: 'work failed for 24 hours or was poisoned; a problem is recorded',
  },
  RUN_MISSED: { level: 'error', retry: 'no', meaning: 'the reconcile timer missed its schedule' },
} as const satisfies Record<
  string,
  { level: 'info' | 'warn' | 'error'; retry: 'yes' | 'no'; meaning: string }
>;

export type Code = keyof typeof CODES;

/** Codes with which a step can fail: the adapters translate every SDK error into one of them. */
export interface Failure {
  code: Code;
  /** For people; names things, never quotes a value or an SDK's text. */
  message: string;
  /** How long the other side asked us to wait, in milliseconds. */
  retryAfterMs?: number;
}

/**
 * The only error adapters throw. Its `cause` holds codes at most, never an SDK's error: those quote requests and answers,
 * and whatever prints an error prints its causes, too.
 */
export class VaultcastError extends Error implements Failure {
  override readonly name = 'VaultcastError';
  readonly code: Code;
  readonly retryAfterMs?: number;

  constructor(
    code: Code,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}

/** What went wrong, safe to log. Anything that is not a VaultcastError is a defect and keeps only its class name. */
export function failureOf(error: unknown): Failure {
  if (error instanceof VaultcastError) {
    const { code, message, retryAfterMs } = error;
    return retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs };
  }
  return { code: 'INTERNAL', message: `unexpected ${error instanceof Error ? error.name : typeof error}` };
}

/** Whether trying the same work again can help. */
export function isRetryable(code: Code): boolean {
  return CODES[code].retry === 'yes';
}
