/** What the runbook, the log and the code itself ask of a code: every code answers all of it, or does not compile. */
interface CodeColumns {
  /** Of its log line. */
  level: 'info' | 'warn' | 'error';
  /**
   * Whether the same work may succeed later. `target`: this target is tried again; `secret`: what kept one target back keeps
   * all of its secret back, so the secret waits once. `no`: a person must change something first, or nothing is wrong.
   */
  retry: 'no' | 'target' | 'secret';
  /**
   * What it says of the cluster of a target: `failing` counts towards its back-off, `answering` ends it, `unasked` says
   * nothing, for the cluster was not asked or nobody knows what it would have said.
   */
  cluster: 'failing' | 'answering' | 'unasked';
  /**
   * When runs look again at a target that was refused with it: `every-run`, for no listing shows what may have changed;
   * `on-change` of what the target is computed from; `hourly`, for what decides it stands in the cluster, unseen.
   */
  recheck: 'every-run' | 'on-change' | 'hourly';
  meaning: string;
}

const recheck = 'every-run';
const info = { level: 'info', retry: 'no', cluster: 'answering', recheck } as const;
const warn = { ...info, level: 'warn' } as const;
const error = { ...info, level: 'error' } as const;
const vaultFails = { ...warn, retry: 'secret' } as const;
const clusterFails = { ...warn, retry: 'target', cluster: 'failing' } as const;

/**
 * Every code vaultcast can report, on one screen. Codes are stable: alerts and the runbook (infra/runbook.md, one entry per
 * code) refer to them.
 */
export const CODES = {
  // done
  DELIVERED: { ...info, meaning: 'the Secret was written' },
  UNCHANGED: { ...info, meaning: 'the Secret already was as it should be' },
  SUPERSEDED: { ...info, meaning: 'newer work for the same target makes this one unnecessary' },
  REMOVED: { ...info, meaning: 'a key or a Secret was removed, as its route asks' },
  EVENT_IGNORED: { ...info, meaning: 'an event vaultcast has no use for' },
  NO_ROUTE: { ...info, recheck: 'on-change', meaning: 'no route wants this secret' },
  PAUSED: { ...info, meaning: 'the cluster or the route is paused' },
  QUEUED: {
    ...info,
    retry: 'target',
    cluster: 'unasked',
    meaning: 'the work goes on as a message: the instance is busy, or the route waits for more',
  },
  SCHEDULED: { ...info, meaning: 'a version waits for its not-before date' },
  PLANNED: { ...info, meaning: 'what would be done, had it not been a dry run' },
  APP_STARTED: { ...info, cluster: 'unasked', meaning: 'a process of the app began to work' },
  SETTING_WARNING: {
    ...warn,
    cluster: 'unasked',
    meaning: 'a setting is legal and may not mean what it seems to',
  },
  QUEUE_LENGTH: {
    ...info,
    cluster: 'unasked',
    meaning: 'how many messages wait in each queue, told by each run',
  },
  RUN_DONE: { ...info, meaning: 'a reconcile run looked at everything in a cluster' },
  // states of a source
  NEAR_EXPIRY: { ...warn, meaning: 'the secret expires within 30 days' },
  EXPIRED: { ...warn, meaning: 'the secret has expired' },
  SOURCE_DISABLED: { ...warn, meaning: 'the secret is disabled; its keys stay as found' },
  SOURCE_DELETED: { ...warn, meaning: 'the secret is deleted; its keys stay as found' },
  SOURCE_MISSING: {
    ...warn,
    meaning: 'the vault has no secret of that name; nothing was ever delivered of it',
  },
  SOURCE_NOT_YET_VALID: { ...info, meaning: 'no version of the secret is valid yet' },
  // worth knowing
  VAULT_SLOW: { ...warn, cluster: 'unasked', meaning: 'listing a vault takes long; runs wait for it' },
  // refused: a person must act
  EVENT_REJECTED: { ...warn, meaning: 'an event that is malformed or not from a configured vault' },
  BAD_NAME: { ...warn, meaning: 'a name that cannot be routed' },
  BAD_ROW: { ...error, meaning: 'a registry row does not satisfy the schema' },
  BAD_SETTING: {
    ...error,
    meaning: 'a setting has an entry that is not legal, or a document asks for what settings do not allow',
  },
  BAD_MESSAGE: { ...error, meaning: 'a queue message does not satisfy the schema' },
  NOT_ACCEPTED: { ...warn, meaning: 'the namespace does not accept this secret' },
  NAMESPACE_MISSING: { ...warn, meaning: 'the namespace does not exist' },
  NOT_OURS: { ...warn, meaning: 'a Secret of that name exists and is not managed by this instance' },
  COLLISION: { ...error, meaning: 'another route owns this target' },
  RENDER_REFUSED: {
    ...error,
    recheck: 'on-change',
    meaning: 'the sources cannot be made into the Secret the route asks for',
  },
  SECRET_INVALID: {
    ...error,
    recheck: 'hourly',
    meaning: 'the API server or its admission policy refused the Secret',
  },
  CLUSTER_NOT_ALLOWED: {
    ...error,
    cluster: 'unasked',
    meaning: 'the cluster is outside CLUSTER_HOSTS or CLUSTER_SCOPES',
  },
  CLUSTER_CREDENTIAL: {
    ...error,
    cluster: 'unasked',
    meaning: 'the credential of the cluster cannot be used',
  },
  KEY_ORPHANED: { ...warn, meaning: 'a key whose route or consent is gone left its Secret' },
  ORPHANED: { ...warn, meaning: 'no route wants this managed Secret any more; it is kept' },
  REMOVAL_HELD: { ...error, meaning: 'a run would remove too much; nothing was removed' },
  // waiting: vaultcast tries again by itself
  CONFLICT: { ...info, retry: 'target', meaning: 'the Secret changed between observation and write' },
  STALE_READ: {
    ...warn,
    retry: 'target',
    meaning: 'the vault answered with an older version than the one delivered',
  },
  OUT_OF_TIME: {
    ...info,
    retry: 'target',
    cluster: 'unasked',
    meaning: 'the target did not fit into the time budget',
  },
  VAULT_THROTTLED: { ...vaultFails, meaning: 'Key Vault answered 429' },
  VAULT_FORBIDDEN: {
    ...vaultFails,
    level: 'error',
    meaning: 'Key Vault refused the identity or its network',
  },
  VAULT_UNAVAILABLE: { ...vaultFails, meaning: 'Key Vault could not be reached or failed' },
  TOKEN_UNAVAILABLE: {
    ...error,
    retry: 'target',
    cluster: 'unasked',
    meaning: 'the managed identity gave no token',
  },
  CLUSTER_UNREACHABLE: { ...clusterFails, meaning: 'no connection to the API server' },
  CLUSTER_TLS: {
    ...clusterFails,
    level: 'error',
    meaning: "the API server's certificate is not the registered one",
  },
  CLUSTER_TIMEOUT: { ...clusterFails, meaning: 'the API server did not answer in time' },
  CLUSTER_UNAUTHORIZED: {
    ...clusterFails,
    level: 'error',
    meaning: 'the API server does not know the identity',
  },
  CLUSTER_FORBIDDEN: {
    ...error,
    retry: 'target',
    meaning: 'RBAC on the cluster denies what vaultcast needs',
  },
  CLUSTER_THROTTLED: { ...clusterFails, meaning: 'the API server answered 429' },
  CLUSTER_FAILED: { ...clusterFails, meaning: 'the API server failed or gave an unusable answer' },
  CLUSTER_BACKOFF: {
    ...warn,
    retry: 'target',
    cluster: 'unasked',
    meaning: 'the cluster keeps failing; the target waits for its next retry',
  },
  REGISTRY_UNAVAILABLE: { ...vaultFails, level: 'error', meaning: 'the registry tables could not be read' },
  STATUS_UNAVAILABLE: {
    ...error,
    retry: 'target',
    meaning: 'the status tables could not be read or written',
  },
  QUEUE_UNAVAILABLE: { ...error, retry: 'target', meaning: 'work could not be put on its queue' },
  INTERNAL: { ...error, retry: 'target', meaning: 'a defect in vaultcast' },
  // alerts
  SETTINGS_REFUSED: {
    ...error,
    cluster: 'unasked',
    meaning: 'settings of the app are refused: it does nothing until they are right',
  },
  GAVE_UP: { ...error, meaning: 'work failed for 24 hours or was poisoned; a problem is recorded' },
  RUN_INCOMPLETE: {
    ...error,
    cluster: 'unasked',
    meaning: 'a reconcile run could not look at everything in a cluster',
  },
  RUN_MISSED: { ...error, meaning: 'the reconcile timer missed its schedule' },
} as const satisfies Record<string, CodeColumns>;

export type Code = keyof typeof CODES;

/** Codes that an earlier release had, as they are called now: rows of it are read. CHANGELOG.md has the table. */
export const EARLIER_CODES: Readonly<Record<string, Code>> = { CLUSTER_PROBED: 'CLUSTER_BACKOFF' };

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
  return CODES[code].retry !== 'no';
}
