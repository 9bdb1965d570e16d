import { z } from 'zod';
import { namespaceName, objectName, secretName, vaultAlias } from '../registry/fields.ts';
import { RUN_ID } from '../status/run.ts';

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

export const reconcileMessage = z.discriminatedUnion('kind', [
  /** Part of a run: these clusters, and of them only the targets of `route` when it is given. */
  z.strictObject({
    kind: z.literal('shard'),
    run: runId,
    clusters: clusterNames,
    route: objectName.optional(),
    confirmRemovals: runId.optional(),
    /** Decide everything, write nothing: the decisions are the result. */
    dryRun: z.boolean().default(false),
    /** A person asked: what was refused before is looked into again. */
    recheck: z.boolean().default(false),
  }),
  /** `vaultcast push`: deliver one secret now, as an event would. */
  z.strictObject({
    kind: z.literal('push'),
    run: runId,
    vault: vaultAlias,
    secret: secretName,
    acceptOlder: z.boolean().default(false),
    removeNow: z.boolean().default(false),
  }),
  /** `vaultcast check`: look at these clusters from here. */
  z.strictObject({ kind: z.literal('check'), run: runId, clusters: clusterNames }),
  /** `vaultcast ack`: a person knows of the problem that the row of `Targets` tells of. */
  z.strictObject({
    kind: z.literal('ack'),
    run: runId,
    /** Partition and key of the row; `-` where it has no target. */
    cluster: z.union([objectName, z.literal('-')]),
    id: z.string().min(1).max(600),
    /** What the person saw: of another code they know nothing. */
    code: z.string().min(1).max(40),
    /** Claimed. */
    author: z.string().min(1).max(200),
    reason: z.string().max(500).default(''),
  }),
]);

export type ReconcileMessage = z.output<typeof reconcileMessage>;

/** The part of a run that one message asks for. */
export type Shard = Extract<ReconcileMessage, { kind: 'shard' }>;
