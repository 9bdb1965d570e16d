import type { LocalReply, LocalRequest } from '../network/https-server.ts';
import { Refused } from './state.ts';
import { errorReply } from './wire.ts';
import type { TokenService } from '../tokens/service.ts';

/** `rbac`: the caller lacks a role. `firewall`: its address is not allowed. `certificates`: its role is for secrets alone. */
export type ForbidKind = 'rbac' | 'firewall' | 'certificates';

type Access = { user: string; challenge?: undefined } | { user?: undefined; challenge: LocalReply };

function challengeReply(tokens: TokenService, resource: string, message: string): LocalReply {
  const reply = errorReply(new Refused(401, 'Unauthorized', message));
  const challenge = `Bearer authorization="${tokens.issuerUrl}/local", resource="${resource}"`;
  return { ...reply, headers: { 'www-authenticate': challenge } };
}

/** The caller's object id, or the 401 that tells an SDK where to get a token and for what. */
export async function authenticate(
  tokens: TokenService,
  resource: string,
  request: LocalRequest,
): Promise<Access> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined)
    return {
      challenge: challengeReply(tokens, resource, 'AKV10000: Request is missing a Bearer or PoP token.'),
    };
  const principal = await tokens.verify(token, [resource]);
  if (principal) return { user: principal.oid };
  return { challenge: challengeReply(tokens, resource, 'AKV10001: The token is not valid for this vault.') };
}

const ACTIONS: Record<string, string> = {
  PUT: 'setSecret',
  PATCH: 'update',
  DELETE: 'delete',
  POST: 'recover',
};

interface Asked {
  /** `secrets` or `certificates`. */
  kind: string;
  /** Empty for a list. */
  name: string;
  method: string;
  user: string;
}

function actionOf({ kind, name, method }: Asked): string {
  if (kind === 'certificates') return 'certificates/read';
  return `secrets/${name ? (ACTIONS[method] ?? 'getSecret') : 'readMetadata'}/action`;
}

const rbacMiss = (vault: string, asked: Asked) =>
  [
    'Caller is not authorized to perform action on resource.',
    'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
    `Caller: appid=00000000-0000-0000-0000-000000000000;oid=${asked.user};iss=https://sts.windows.net/local/`,
    `Action: 'Microsoft.KeyVault/vaults/${actionOf(asked)}'`,
    `Resource: '/subscriptions/local/resourcegroups/local/providers/microsoft.keyvault/vaults/${vault}/${asked.kind}/${asked.name}'`,
    'Assignment: (not found)',
    'DenyAssignmentId: null',
    "DecisionReason: 'DeniedWithNoValidRBAC' ",
    `Vault: ${vault};location=local`,
    '',
  ].join('\r\n');

const blockedAddress = (vault: string, user: string) =>
  [
    'Client address is not authorized and caller is not a trusted service.',
    'Client address: 127.0.0.1',
    `Caller: appid=00000000-0000-0000-0000-000000000000;oid=${user};iss=https://sts.windows.net/local/`,
    `Vault: ${vault};location=local`,
    '',
  ].join('\r\n');

interface Restricted {
  name: string;
  forbidden: Iterable<{ kind: ForbidKind; name?: string }>;
}

/**
 * The 403 that such a restriction makes; a restriction on one secret leaves lists alone. Texts and inner codes are those
 * that users of the service quote in public issues.
 */
export function forbidden(vault: Restricted, asked: Asked): Refused | undefined {
  for (const { kind, name } of vault.forbidden) {
    const isMeant = kind !== 'certificates' || asked.kind === 'certificates';
    if (isMeant && (name === undefined || name === asked.name.toLowerCase()))
      return refuse(kind, vault.name, asked);
  }
  return undefined;
}

function refuse(kind: ForbidKind, vault: string, asked: Asked): Refused {
  if (kind === 'firewall')
    return new Refused(403, 'Forbidden', blockedAddress(vault, asked.user), 'ForbiddenByFirewall');
  return new Refused(403, 'Forbidden', rbacMiss(vault, asked), 'ForbiddenByRbac');
}
