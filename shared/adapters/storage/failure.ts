import type { Code } from '../../errors.ts';
import { VaultcastError } from '../../errors.ts';
import { ExchangeFailure } from '../exchange-failure.ts';

/** The parts of a RestError that both SDKs have in common; @azure/data-tables leaves `code` undefined. */
interface StorageError {
  name?: unknown;
  statusCode?: unknown;
  code?: unknown;
  details?: { errorCode?: unknown; odataError?: { code?: unknown } };
  response?: { headers?: { get?(name: string): string | undefined } };
}

const partsOf = (error: unknown): StorageError =>
  typeof error === 'object' && error !== null ? (error as StorageError) : {};

/** The HTTP status the service answered with; undefined when it never answered. */
export function storageStatus(error: unknown): number | undefined {
  const { statusCode } = partsOf(error);
  return typeof statusCode === 'number' ? statusCode : undefined;
}

/**
 * The service's error code, such as `UpdateConditionNotSatisfied`, or the system's, such as `ECONNREFUSED`. Anything that
 * does not look like a code is left out: it would be text of the SDK.
 * https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
 */
export function storageErrorCode(error: unknown): string | undefined {
  const { code, details } = partsOf(error);
  const found = [details?.odataError?.code, details?.errorCode, code].find(
    (text) => typeof text === 'string',
  );
  return typeof found === 'string' && /^[A-Za-z_]{1,64}$/.test(found) ? found : undefined;
}

/** Where a request without an answer ended, and what helps. */
const CONNECTION: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name is not known; check the connection settings and the private DNS zone',
  EAI_AGAIN: 'its host name could not be looked up; DNS does not answer',
  ECONNREFUSED: 'it refused the connection; check the connection settings and the network',
  ECONNRESET: 'it closed the connection',
  ETIMEDOUT: 'the connection timed out; check the network and the firewall of the storage account',
};

const FORBIDDEN: Readonly<Record<string, string>> = {
  AuthorizationPermissionMismatch: 'the identity lacks the data role on it; assign the role infra/ declares',
  AuthorizationFailure: 'the firewall of the storage account refused the caller; allow its network',
  AuthenticationFailed: 'the account key was refused; correct the connection string',
  KeyBasedAuthenticationNotPermitted: 'account keys are switched off; connect with an identity',
};

const IDENTITY_ERRORS = new Set([
  'AuthenticationError',
  'AuthenticationRequiredError',
  'AggregateAuthenticationError',
  'CredentialUnavailableError',
]);

function answered(status: number, code: string | undefined): string {
  const answer = code === undefined ? `it answered ${status}` : `it answered ${status} ${code}`;
  if (status === 401) return `${answer}; check the identity and its tenant`;
  if (status === 403) return `${answer}; ${FORBIDDEN[code ?? ''] ?? 'check the data roles and the firewall'}`;
  if (status === 404) return `${answer}; it is made by the deployment in infra/`;
  if (status === 429 || status === 503) return `${answer}; the storage account is busy, trying again helps`;
  return status >= 500 ? `${answer}; trying again helps` : answer;
}

const EXCHANGE: Readonly<Record<ExchangeFailure['kind'], string>> = {
  unsent: 'no connection was free for it',
  late: 'it did not answer in time',
  'given-up': 'it did not answer in time',
  'too-large': 'its answer is too large',
  unusable: 'what answers there is no storage service; check the connection settings and proxies on the way',
};

function reasonFor(error: unknown): string {
  const { name } = partsOf(error);
  const status = storageStatus(error);
  const code = storageErrorCode(error);
  if (error instanceof ExchangeFailure) return EXCHANGE[error.kind];
  if (name === 'AbortError' || name === 'TimeoutError') return EXCHANGE.late;
  if (status !== undefined) return status < 400 ? EXCHANGE.unusable : answered(status, code);
  if (code !== undefined && Object.hasOwn(CONNECTION, code)) return CONNECTION[code] ?? code;
  return code === undefined ? 'the request failed' : `the request failed with ${code}`;
}

/** Storage sends whole seconds; the millisecond spellings are other Azure services'. */
function retryAfterMs(error: unknown): number | undefined {
  const headers = partsOf(error).response?.headers;
  const read = (name: string): number => Number.parseInt(headers?.get?.(name) ?? '', 10);
  const waits = [read('retry-after-ms'), read('x-ms-retry-after-ms'), read('retry-after') * 1000];
  return waits.find((wait) => Number.isSafeInteger(wait) && wait >= 0);
}

/** What may be kept of an SDK's error. The error itself holds bodies, and headers with tokens and signatures. */
export function causeOf(error: unknown): { statusCode: number | undefined; code: string | undefined } {
  return { statusCode: storageStatus(error), code: storageErrorCode(error) };
}

/**
 * Any failure of a storage call as the one error adapters throw. `code` is REGISTRY_UNAVAILABLE, STATUS_UNAVAILABLE or
 * QUEUE_UNAVAILABLE; all of them are tried again: 2 more attempts within the call's time, then by whoever called.
 *
 * | what happened | becomes | who mends it |
 * |---|---|---|
 * | refused, reset, no route, DNS | `code` | platform: connection settings, private DNS zone, network |
 * | certificate name, authority, expiry | `code` | platform: connection settings, a proxy on the way |
 * | no connection, no answer, slow body, time budget ended | `code` | itself |
 * | the identity gave no token | TOKEN_UNAVAILABLE | platform: AZURE_CLIENT_ID, the app's identity |
 * | 401; 403 of role, firewall or key | `code` | platform: data roles, firewall, tenant |
 * | 404 of a row on a read or a removal | it is absent | - |
 * | 404 of a queue | it is made | - |
 * | 404 of a table, account or anything else | `code` | platform: the deployment in infra/ |
 * | 409, 412 on a claim of a probe | the probe is another's | - |
 * | 409, 412 on `vaultcast apply` and `delete` | CONFLICT | the person: run the command again |
 * | any other 409 or 412; 400, 413 | `code` | a defect in vaultcast |
 * | 429, 500, 503 | `code` | itself |
 * | a redirect, HTML, anything that is no storage | `code` | platform: connection settings, a proxy on the way |
 *
 * What each means for the work: no registry, the event waits as one message; no status, the work is done and its row is
 * written by the next run, but nothing is given up; no queue, the function fails and Event Grid or the host delivers again.
 *
 * @param what the thing asked, such as `table Routes`; the message says nothing else that came from outside
 */
export function storageFailure(error: unknown, code: Code, what: string): VaultcastError {
  if (error instanceof VaultcastError) return error;
  if (IDENTITY_ERRORS.has(String(partsOf(error).name))) {
    const message = `no token for ${what}; check AZURE_CLIENT_ID and that the identity is assigned to the app`;
    return new VaultcastError('TOKEN_UNAVAILABLE', message, { cause: causeOf(error) });
  }
  const message = `${what} is not available: ${reasonFor(error)}`;
  return new VaultcastError(code, message, { cause: causeOf(error), retryAfterMs: retryAfterMs(error) });
}

/**
 * Runs storage calls; each of their requests has its own time, from when it is sent. What they throw becomes `code`, or
 * TOKEN_UNAVAILABLE.
 * @param what the thing asked, such as `table Targets`
 */
export async function callStorage<T>(
  what: string,
  code: Code,
  signal: AbortSignal,
  calls: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await calls(signal);
  } catch (error) {
    throw storageFailure(error, code, what);
  }
}
