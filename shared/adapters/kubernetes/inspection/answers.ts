import { z } from 'zod';
import { isAzuresRefusal } from '../../../check/azure.ts';
import { VaultcastError } from '../../../errors.ts';
import type { SecretManifest } from '../../../target/secret.ts';
import { kubernetesFailure, readStatus, wordsOf } from '../failure.ts';
import { unusable } from '../objects.ts';
import { admissionRefusal } from '../refusal.ts';

const whoAmI = z.object({
  status: z.object({ userInfo: z.object({ username: z.string().min(1).max(1000) }) }),
});
const mayI = z.object({ status: z.object({ allowed: z.boolean(), reason: z.string().optional() }) });

/** As the server says it: text of its own, which may repeat what we showed it. */
export function readUser(review: unknown): string {
  const { data } = whoAmI.safeParse(review);
  if (data === undefined) throw unusable('no user');
  return data.status.userInfo.username;
}

/** Of the reason, text of the server's own, only whether it is Azure's. */
export function readDecision(review: unknown) {
  const { data } = mayI.safeParse(review);
  if (data === undefined) throw unusable('no decision');
  const { allowed, reason = '' } = data.status;
  return { allowed, byAzure: !allowed && isAzuresRefusal(reason) };
}

/** What an error of a dry run proves: only the refusal of our own policy says that it is there. */
export function readRefusal(error: unknown, cluster: string, sent: SecretManifest) {
  const body: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'body') : undefined;
  const { namespace, name } = sent;
  const call = { namespace, name, verb: 'create', resource: 'secrets', sent } as const;
  const refuser = admissionRefusal(readStatus(body).message, wordsOf(call));
  if (refuser !== undefined)
    return { outcome: refuser.isOurs ? ('refused' as const) : ('unclear' as const), why: refuser.by };
  const failure = kubernetesFailure(error, cluster, call, 0);
  const why = failure instanceof VaultcastError ? failure.message : failure;
  return { outcome: 'unclear' as const, why };
}
