import { z } from 'zod';
import { namespaceName, objectName, secretName, vaultAlias } from '../registry/fields.ts';
import { RUN_ID } from '../status/run.ts';
import { oneLine } from '../status/text.ts';

/**
 * What stands in the queues. A message names things and never says what to write: everything else is derived again from
 * registry, vault and cluster, so a forged message can only ask for what routes and namespaces allow anyway.
 */
const work = {
  vault: vaultAlias,
  secret: secretName,
  /** The event, run or command that caused the work: at most one message per target and cause. */
  cause: z.string().min(1).max(200),
  /** When the cause was first seen, ms since the epoch: 24 hours later the work is given up. */
  since: z.int().min(0),
  attempt: z.int().min(1).max(10_000),
};

export const pushMessage = z.discriminatedUnion('kind', [
  /** Registry or vault could not be read: the whole event again. */
  z.strictObject({ kind: z.literal('secret'), ...work }),
  /** One target of the event failed. */
  z.strictObject({
    kind: z.literal('target'),
    ...work,
    cluster: objectName,
    namespace: namespaceName,
    name: objectName,
  }),
]);

export type PushMessage = z.output<typeof pushMessage>;

export const runId = z.string().regex(RUN_ID, 'must be a run id');
const clusterNames = z.array(objectName).min(1).max(20);

/** Who asks, as their environment says: claimed. Absent where the command that sent it does not say. */
const author = z.string().min(1).max(200);

/** Part of a run: these clusters, and of them only the targets of `route` when it is given. */
const shard = {
  run: runId,
  clusters: clusterNames,
  route: objectName.optional(),
  confirmRemovals: runId.optional(),
  /** Decide everything, write nothing: the decisions are the result. */
  dryRun: z.boolean().default(false),
  /** A person asked: what was refused before is looked into again. */
  recheck: z.boolean().default(false),
};

export const reconcileMessage = z.discriminatedUnion('kind', [
  /** Of the timer, and of a person whose app may be of version 0.1.0, which takes no author. */
  z.strictObject({ kind: z.literal('shard'), ...shard }),
  /** `vaultcast reconcile` and `plan`: the same, and who asked. */
  z.strictObject({ kind: z.literal('reconcile'), ...shard, author }),
  /** `vaultcast push`: deliver one secret now, as an event would. */
  z.strictObject({
    kind: z.literal('push'),
    run: runId,
    vault: vaultAlias,
    secret: secretName,
    acceptOlder: z.boolean().default(false),
    removeNow: z.boolean().default(false),
    author: author.optional(),
  }),
  /** `vaultcast check`: look at these clusters from here. */
  z.strictObject({
    kind: z.literal('check'),
    run: runId,
    clusters: clusterNames,
    author: author.optional(),
  }),
  /** `vaultcast ack`: a person knows of the problem that the row of `Targets` tells of. */
  z.strictObject({
    kind: z.literal('ack'),
    run: runId,
    /** Partition and key of the row; `-` where it has no target. */
    cluster: z.union([objectName, z.literal('-')]),
    id: z.string().min(1).max(600),
    /** What the person saw: of another code they know nothing. */
    code: z.string().min(1).max(40),
    author,
    reason: z.string().max(500).default(''),
  }),
]);

export type ReconcileMessage = z.output<typeof reconcileMessage>;

/** The part of a run that one message asks for. */
export type Shard = Extract<ReconcileMessage, { kind: 'shard' | 'reconcile' }>;

/** Who asked for the work of a message, in a column of its own in `Runs`. */
export function askedBy(message: ReconcileMessage): { by?: string } {
  const by = 'author' in message ? message.author : undefined;
  return by === undefined ? {} : { by: oneLine(by) };
}
