import type { Code } from '../../errors.ts';
import { VaultcastError } from '../../errors.ts';
import { ExchangeFailure } from '../exchange-failure.ts';
import { parseRetryAfter } from '../http.ts';
import { fieldsOf, headerOf, wordOf } from '../sdk-error.ts';
import type { VaultCall } from './policy.ts';

/*
 * Everything that can go wrong between vaultcast and Key Vault.
 *
 * | what happened | becomes | retried | who mends it |
 * |---|---|---|---|
 * | 404 SecretNotFound on the latest version | the secret is deleted | - | - |
 * | 403 with inner code SecretDisabled, likewise | the secret is disabled | - | - |
 * | either of them for one version, or on a list | VAULT_UNAVAILABLE | yes | itself: the next read tells |
 * | 404 CertificateNotFound for a certificate | there is none beside the secret | - | - |
 * | 403 for a certificate | VAULT_FORBIDDEN | yes | platform: a role of its own, Key Vault Certificate User |
 * | any other 403; 401 | VAULT_FORBIDDEN | yes | platform: role, firewall, private endpoint, tenant |
 * | a vault that is not configured | VAULT_FORBIDDEN | yes | platform: VAULTS |
 * | 429 | VAULT_THROTTLED | after 2 more attempts, if they fit | itself |
 * | 5xx, no connection | VAULT_UNAVAILABLE | after 2 more attempts, if they fit | itself |
 * | time is up | VAULT_UNAVAILABLE | yes | itself |
 * | any other status, a redirect, not JSON, wrong or incomplete content | VAULT_UNAVAILABLE | yes | platform: VAULTS |
 * | no token | TOKEN_UNAVAILABLE | yes | platform: the app's identity |
 *
 * A 403 is ambiguous and a 404 may come from anything on the way: only those two answers, word for word, say that a
 * secret is gone. https://learn.microsoft.com/azure/key-vault/general/rest-error-codes
 */

type Asked = VaultCall['asked'];

/**
 * What an SDK error means: a failure, or a proof that the secret is gone. Never quotes the SDK: its parse errors contain
 * whole bodies.
 *
 * @param refused counts where the SDK stumbled over an answer without a body and threw a TypeError
 * @param now milliseconds since the epoch, for a Retry-After that is a date
 */
export function keyVaultFailure(
  error: unknown,
  { asked, refused }: Pick<VaultCall, 'asked' | 'refused'>,
  now: number,
): VaultcastError | 'disabled' | 'deleted' {
  if (error instanceof VaultcastError) return error;
  const answered = answerOf(error, refused, now);
  if (!answered)
    return new VaultcastError('VAULT_UNAVAILABLE', `${describeAsked(asked)}: ${unanswered(error)}`);
  const gone = goneOf(asked, answered);
  if (gone) return gone;
  const [code, why] = refusalOf(asked, answered);
  const id = answered.requestId && ` (request id ${answered.requestId})`;
  const { retryAfterMs } = answered;
  return new VaultcastError(code, `${describeAsked(asked)}: ${why}${id}`, { retryAfterMs });
}

/** `vault team, secret app-1--pg` */
export function describeAsked({ vault, name, kind = 'secret' }: Asked): string {
  return name === undefined ? `vault ${vault}` : `vault ${vault}, ${kind} ${name}`;
}

interface Answered {
  status: number;
  code: string;
  innerCode: string;
  requestId: string;
  retryAfterMs: number | undefined;
}

function answerOf(error: unknown, seen: VaultCall['refused'], now: number): Answered | undefined {
  const fields = fieldsOf(error);
  const status = fields['statusCode'] ?? seen?.status;
  // A parse error carries the status of an answer that was a success.
  if (typeof status !== 'number' || status < 300) return undefined;
  const detail = fieldsOf(fieldsOf(fields['details'])['error']);
  const inner = fieldsOf(detail['innerError']);
  const id = headerOf(error, 'x-ms-request-id');
  return {
    status,
    code: wordOf(fields['code']) || wordOf(detail['code']),
    innerCode: wordOf(inner['code']),
    requestId: /^[0-9a-f-]{36}$/i.test(id) ? id : '',
    retryAfterMs: parseRetryAfter(headerOf(error, 'retry-after') || seen?.retryAfter, now),
  };
}

function goneOf(asked: Asked, { status, code, innerCode }: Answered): 'disabled' | 'deleted' | undefined {
  if (asked.kind === 'certificate')
    return status === 404 && code === 'CertificateNotFound' ? 'deleted' : undefined;
  if (asked.name === undefined || asked.version !== undefined) return undefined;
  if (status === 404 && code === 'SecretNotFound') return 'deleted';
  return status === 403 && innerCode === 'SecretDisabled' ? 'disabled' : undefined;
}

const ROLE = { secret: 'Key Vault Secrets User', certificate: 'Key Vault Certificate User' } as const;

const FORBIDDEN: Readonly<Record<string, string>> = {
  ForbiddenByFirewall: "the vault's firewall refused the caller; allow its network or use a private endpoint",
  ForbiddenByConnection: "the vault's network rules refused the caller; use its private endpoint",
};

/** Why a 403 came, and what to do: certificates ask for a role that secrets do not. */
function forbidden({ kind = 'secret' }: Asked, code: string, innerCode: string): string {
  const verbs = kind === 'secret' ? 'get and list' : 'get';
  if (innerCode === 'ForbiddenByRbac')
    return `the identity may not read ${kind}s; assign it the role ${ROLE[kind]}`;
  if (innerCode === 'ForbiddenByPolicy')
    return `the access policy does not let the identity ${verbs} ${kind}s`;
  const advice = `check the role ${ROLE[kind]} and the firewall of the vault`;
  return FORBIDDEN[innerCode] ?? `refused with 403 ${innerCode || code}; ${advice}`;
}

function refusalOf(asked: Asked, { status, code, innerCode }: Answered): [Code, string] {
  const version =
    asked.version !== undefined && ['SecretNotFound', 'SecretDisabled'].includes(innerCode || code);
  if (version) return ['VAULT_UNAVAILABLE', 'this version is not to be had any more'];
  if (status === 401) return ['VAULT_FORBIDDEN', "the vault refused the identity's token; check its tenant"];
  if (status === 403) return ['VAULT_FORBIDDEN', forbidden(asked, code, innerCode)];
  if (status === 429) return ['VAULT_THROTTLED', 'answered 429'];
  return ['VAULT_UNAVAILABLE', `answered ${[status, code].join(' ').trim()}`];
}

const CONNECTION: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name is not known; check VAULTS and the private DNS zone',
  EAI_AGAIN: 'its host name could not be looked up',
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it closed the connection',
};

function unanswered(error: unknown): string {
  if (error instanceof ExchangeFailure) return error.message;
  const { code: given, name } = fieldsOf(error);
  const code = wordOf(given);
  return CONNECTION[code] ?? `no usable answer (${code || wordOf(name) || 'unknown error'})`;
}
