import { z } from 'zod';

/**
 * What version 0.1.0 (commit a2ef93b) understands of a queue. It is strict: one field that it does not know, and it drops
 * the message. During an upgrade it reads what this version writes, and after a rollback what was left behind. A copy that
 * must not follow the code; the fake queue holds every message of every test to it.
 */
const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/);
const namespaceName = z.string().regex(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/);
const vaultAlias = z.string().regex(/^[a-z0-9-]{3,24}$/);
const secretName = z.string().regex(/^[0-9A-Za-z-]{1,127}$/);
const runId = z.string().regex(/^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4,12}$/);

const work = {
  vault: vaultAlias,
  secret: secretName,
  cause: z.string().min(1).max(200),
  since: z.int().min(0),
  attempt: z.int().min(1).max(10_000),
};

export const earlierPush = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('secret'), ...work }),
  z.strictObject({
    kind: z.literal('target'),
    ...work,
    cluster: objectName,
    namespace: namespaceName,
    name: objectName,
  }),
]);

export const earlierShard = z.strictObject({
  kind: z.literal('shard'),
  run: runId,
  clusters: z.array(objectName).min(1).max(20),
  route: objectName.optional(),
  confirmRemovals: runId.optional(),
  dryRun: z.boolean().default(false),
  recheck: z.boolean().default(false),
});
