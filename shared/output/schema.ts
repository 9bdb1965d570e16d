import { z } from 'zod';
import { CODES } from '../errors.ts';
import { ROW_STATES } from '../status/target.ts';

/**
 * Everything that `vaultcast … -o json|yaml` and `/api/status` give, in the style of Kubernetes: times are ISO 8601, what is
 * not known is absent, `state` and `reason` are words of shared/status/target.ts and shared/errors.ts. Types, documentation
 * and JSON Schemas come from here. Fields are added, and never change their meaning.
 */
const API_VERSION = 'vaultcast.dev/v1';

export const time = z.iso.datetime();
export const count = z.int().min(0);
export const word = z.string().min(1);
const reason = z.enum(Object.keys(CODES) as [keyof typeof CODES, ...(keyof typeof CODES)[]]);

export const head = <K extends string>(kind: K) => ({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal(kind),
});

/** What is wrong, since when, and what comes next: of a target and of a problem alike. */
const standing = {
  state: z.enum(ROW_STATES),
  reason,
  message: z.string(),
  since: time.optional(),
  failingSince: time.optional(),
  attempts: count.optional(),
  nextRetry: time.optional(),
  cause: word.optional().describe('the event, run or command of the last attempt'),
  turn: z
    .enum(['nobody', 'vaultcast', 'secret-owner', 'namespace-owner', 'platform'])
    .describe('whose turn it is'),
  help: word.optional().describe('the command that helps, or the first one to run'),
  acknowledged: z
    .strictObject({ by: word.describe('claimed'), at: time, reason: word.optional() })
    .optional()
    .describe('that a person knows of it; it ends with another reason, message or delivery'),
};

const source = z.strictObject({
  name: word,
  version: word.optional().describe('the version that stands in the Secret'),
  created: time.optional().describe('when that version was made'),
  state: word.optional().describe('what it gives now, when it is not simply valid'),
  expires: time.optional().describe('when that version expires; 200 of very many sources tell it'),
});

const delivery = z.strictObject({
  at: time,
  secret: word,
  version: word,
  ms: count
    .optional()
    .describe('from the making of the version, which Key Vault dates in seconds, to its write: milliseconds'),
});

const deliveries = z
  .array(delivery)
  .max(10)
  .optional()
  .describe('the last versions that came, newest first; in a SecretStatus those of its secret');

const targetStatus = {
  stands: z.enum(['yes', 'no', 'unknown']),
  deliveredAt: time.optional().describe('when vaultcast last wrote the Secret that stands there'),
  lookedAt: time.optional(),
  uid: word.optional(),
  resourceVersion: word.optional(),
  sources: z.array(source),
  deliveries,
  ...standing,
};

const place = z.strictObject({ cluster: word, namespace: word, name: word });
const targetSpec = z.strictObject({ vault: word.optional(), route: word.optional() });

export const target = z.strictObject({
  ...head('Target'),
  metadata: place,
  spec: targetSpec,
  status: z.strictObject(targetStatus),
});

export const problem = z.strictObject({
  ...head('Problem'),
  metadata: z.strictObject({ name: word }),
  spec: z.strictObject({
    about: word.describe('target, or the kind of what has no target: cluster, vault, secret, removals, …'),
    cluster: word.optional(),
    namespace: word.optional(),
    name: word.optional(),
    route: word.optional(),
    vault: word.optional(),
    secret: word.optional(),
  }),
  status: z.strictObject(standing),
});

export const listOf = <K extends string, T extends z.ZodType>(kind: K, item: T) =>
  z.strictObject({
    ...head(kind),
    metadata: z.strictObject({
      readAt: time,
      counts: z.record(z.string(), count).describe('items by state: they add up to all of them'),
    }),
    items: z.array(item),
  });

export const targetList = listOf('TargetList', target);
export const problemList = listOf('ProblemList', problem);

const vaultView = z.strictObject({
  state: z
    .enum(['valid', 'near-expiry', 'expired', 'not-yet-valid', 'disabled', 'deleted', 'missing', 'unknown'])
    .describe(
      'missing: the vault has no such secret, and no target is known to have had it; unknown: whoever asks may not look',
    ),
  message: z.string().optional(),
  version: word.optional().describe('the latest version'),
  created: time.optional(),
  updated: time.optional(),
  notBefore: time.optional(),
  expires: time.optional(),
});

const secretTarget = z.strictObject({
  ...head('Target'),
  metadata: place,
  spec: targetSpec,
  status: z.strictObject({
    ...targetStatus,
    state: z.enum([...ROW_STATES, 'unknown', 'left']),
    reason: reason.optional(),
    message: z
      .string()
      .optional()
      .describe('absent in /api/status?secret=, which gives names and states only'),
    version: word.optional().describe('the version of this secret that stands there'),
    created: time.optional(),
    isLatest: z.boolean().optional().describe('absent when the vault could not be looked into'),
    expires: time.optional().describe('when that version expires'),
    delaySeconds: count.optional().describe('from the making of that version to the last write'),
    keys: z.array(z.strictObject({ key: word, sources: z.array(word) })),
  }),
});

export const secretStatus = z.strictObject({
  ...head('SecretStatus'),
  metadata: z.strictObject({ vault: word, name: word, readAt: time }),
  status: z.strictObject({
    arrived: z.boolean().describe('every target has the version that it should have'),
    vault: vaultView,
    counts: z.record(z.string(), count).describe('targets by state'),
    targets: z.array(secretTarget),
    reasons: z
      .array(z.strictObject({ about: z.enum(['secret', 'route']), message: z.string() }))
      .describe('why it goes nowhere, or not everywhere; a route may leave it out on purpose'),
    notSeen: z.array(z.string()).describe('what could not be looked at'),
  }),
});

export const clusterStatus = z.strictObject({
  name: word,
  paused: z.boolean(),
  targets: z.record(z.string(), count).describe('by state'),
  lastRun: z.strictObject({ name: word, state: word, finishedAt: time.optional() }).optional(),
  backOff: z.strictObject({ failures: count, nextTry: time }).optional(),
});

/** `/api/status`. The fields at the top that `status` has, too, are those of release 0.1.0: read `status`. */
export const statusReport = z.strictObject({
  ...head('StatusReport'),
  metadata: z.strictObject({
    readAt: time,
    counts: z.record(z.string(), count).describe('targets by state'),
  }),
  status: z.strictObject({
    clusters: z.array(clusterStatus),
    problems: z.array(problem).describe('the oldest first, at most 500'),
    problemCount: count,
  }),
  readiness: z.looseObject({}).optional().describe('what of its queues and tables the app can read'),
  time: time.describe('as release 0.1.0 had it: metadata.readAt'),
  clusters: z.array(z.looseObject({ name: word })).describe('as release 0.1.0 had it: status.clusters'),
  problems: z.array(z.looseObject({ code: word })).describe('as release 0.1.0 had it: status.problems'),
});

export type SecretTarget = z.output<typeof secretTarget>;
export type VaultView = z.output<typeof vaultView>;
