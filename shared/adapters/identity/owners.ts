import { z } from 'zod';
import type { Config } from '../../config/config.ts';

/** Why somebody is not let in, as HTTP says it. */
interface Refusal {
  status: 401 | 403 | 404;
  message: string;
}

/**
 * What App Service authentication tells of whom it signed in, in header `x-ms-client-principal`: JSON in base64.
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
const principal = z.object({
  auth_typ: z.string(),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

type Principal = z.output<typeof principal>;

/** In the place of the groups of somebody who has more of them than a token holds. */
const OVERAGE: ReadonlySet<string> = new Set(['_claim_names', 'hasgroups']);

/**
 * Who may ask where a secret is: members of the group, by the word of App Service authentication. Only where the platform says
 * that this is on is the header believed: then it takes what a caller wrote there away, and sets it itself. Without it, or
 * without a group, the door is closed.
 */
export function createOwnersDoor({
  ownersGroup,
  signsIn,
}: Pick<Config, 'ownersGroup' | 'signsIn'>): (header: string | null) => Refusal | undefined {
  return (header) => {
    if (ownersGroup === undefined || !signsIn) return { status: 404, message: 'there is nothing here' };
    const caller = header === null ? undefined : principalIn(header);
    if (caller?.auth_typ !== 'aad') return { status: 401, message: 'sign in with Microsoft Entra ID' };
    return refusalOf(caller, ownersGroup);
  };
}

function principalIn(header: string): Principal | undefined {
  try {
    return principal.parse(JSON.parse(Buffer.from(header, 'base64').toString('utf8')));
  } catch {
    return undefined;
  }
}

function refusalOf({ claims }: Principal, group: string): Refusal | undefined {
  const groups = claims.filter(({ typ }) => typ === 'groups').map(({ val }) => val.toLowerCase());
  if (groups.includes(group)) return undefined;
  const isCut = groups.length === 0 && claims.some(({ typ }) => OVERAGE.has(typ));
  const message = isCut
    ? 'your token does not hold your groups, for they are too many: the app registration must send only groups that are assigned to it'
    : 'you are no member of the group that may ask';
  return { status: 403, message };
}
