import { z } from 'zod';
import type { Access } from '../../../check/access.ts';
import type { Probed } from '../../../check/inspection.ts';
import type { Probe } from '../../../check/probes.ts';
import { VaultcastError } from '../../../errors.ts';
import { kubernetesFailure } from '../failure.ts';
import { unusable } from '../objects.ts';
import { admissionRefusal, readStatus } from '../api-status.ts';

const whoAmI = z.object({
  status: z.object({ userInfo: z.object({ username: z.string().min(1).max(1000) }) }),
});
const mayI = z.object({ status: z.object({ allowed: z.boolean() }) });

export function readUser(review: unknown): string {
  const { data } = whoAmI.safeParse(review);
  if (data === undefined) throw unusable('no user');
  // Shown to people: a name is whatever an issuer put into it.
  return data.status.userInfo.username.replaceAll(/[^\x20-\x7E]/g, '?');
}

export function readAllowed(review: unknown): boolean {
  const { data } = mayI.safeParse(review);
  if (data === undefined) throw unusable('no decision');
  return data.status.allowed;
}

export function attributesOf({ verb, resource, subresource, group, namespace }: Access): object {
  return {
    verb,
    resource,
    group: group ?? '',
    ...(subresource !== undefined && { subresource }),
    ...(namespace !== undefined && { namespace }),
  };
}

/** What an error of a dry run proves: only a policy's refusal says that the policy is there. */
export function readRefusal(
  error: unknown,
  probe: Probe,
  place: { cluster: string; namespace: string },
): Probed {
  const body: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'body') : undefined;
  const refuser = admissionRefusal(readStatus(body));
  if (refuser !== undefined)
    return { probe, outcome: refuser.startsWith('policy ') ? 'refused' : 'unclear', why: refuser };
  const failure = kubernetesFailure(error, { ...place, verb: 'create', resource: 'secrets' }, 0);
  return { probe, outcome: 'unclear', why: failure instanceof VaultcastError ? failure.message : failure };
}

/** The end of a JWT (`exp`, ms), for people only: nothing is verified. undefined: it is none, or says nothing. */
export function tokenExpires(token: string): number | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
