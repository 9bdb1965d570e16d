import { RestError } from '@azure/data-tables';
import { CredentialUnavailableError } from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { storageErrorCode, storageFailure, storageStatus } from '../../../shared/adapters/storage/failure.ts';
import { VaultcastError } from '../../../shared/errors.ts';

const SECRET = 'AccountKey=c2VjcmV0';

/** As @azure/data-tables throws it: the service's code is in the details only. */
function tableError(statusCode: number, code?: string, headers: Record<string, string> = {}): RestError {
  const error = new RestError(`${SECRET} in the text`, { statusCode });
  const response = { headers: { get: (name: string) => headers[name] } };
  return Object.assign(error, { details: { odataError: { code } }, response });
}

/** As @azure/storage-queue throws it. */
const queueError = (statusCode: number, code: string): RestError =>
  Object.assign(new RestError(`${SECRET} in the text`, { statusCode, code }), {
    details: { errorCode: code },
  });

const networkError = (code: string): RestError => new RestError(`${SECRET} in the text`, { code });
const aborted = Object.assign(new Error(`${SECRET} aborted`), { name: 'AbortError' });
const failure = (error: unknown): VaultcastError =>
  storageFailure(error, 'REGISTRY_UNAVAILABLE', 'table Routes');

describe('a failure of storage', () => {
  it.each([
    [tableError(403, 'AuthorizationPermissionMismatch'), /403 AuthorizationPermissionMismatch; .* data role/],
    [tableError(403, 'AuthorizationFailure'), /403 AuthorizationFailure; the firewall/],
    [queueError(403, 'AuthenticationFailed'), /403 AuthenticationFailed; the account key/],
    [queueError(403, 'KeyBasedAuthenticationNotPermitted'), /account keys are switched off/],
    [tableError(403), /answered 403; check the data roles and the firewall/],
    [tableError(401), /answered 401; check the identity/],
    [tableError(404, 'TableNotFound'), /404 TableNotFound; it is made by the deployment/],
    [tableError(429), /answered 429; .* busy/],
    [tableError(503, 'ServerBusy'), /503 ServerBusy; .* busy/],
    [tableError(500, 'InternalError'), /500 InternalError; trying again helps/],
    [tableError(400, 'InvalidInput'), /answered 400 InvalidInput$/],
    [networkError('ENOTFOUND'), /host name is not known/],
    [networkError('EAI_AGAIN'), /DNS does not answer/],
    [networkError('ECONNREFUSED'), /refused the connection/],
    [networkError('ECONNRESET'), /closed the connection/],
    [networkError('ETIMEDOUT'), /timed out/],
    [networkError('CERT_HAS_EXPIRED'), /failed with CERT_HAS_EXPIRED/],
    [aborted, /did not answer in time/],
    [new Error(SECRET), /the request failed$/],
    ['a string', /the request failed$/],
    [undefined, /the request failed$/],
  ])('%s is reported with what helps', (error, message) => {
    expect(failure(error)).toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringMatching(message),
    });
    expect(failure(error).message).toMatch(/^table Routes is not available: /);
    expect(failure(error).message).not.toContain(SECRET);
  });

  it('keeps codes for a debugger, and not the error, which holds headers and bodies', () => {
    const error = tableError(500);
    expect(failure(error).cause).toEqual({ statusCode: 500, code: undefined });
  });

  it('passes on a failure that is translated already', () => {
    const error = new VaultcastError('BAD_ROW', 'row x');
    expect(failure(error)).toBe(error);
  });

  it('is another one when the identity gave no token', () => {
    const error = failure(new CredentialUnavailableError(SECRET));
    expect(error).toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      message: expect.stringContaining('AZURE_CLIENT_ID'),
    });
    expect(error.message).not.toContain(SECRET);
  });

  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after-ms': '250', 'retry-after': '7' }, 250],
    [{ 'x-ms-retry-after-ms': '900' }, 900],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('tells how long to wait: %j', (headers, wait) => {
    expect(failure(tableError(503, 'ServerBusy', headers)).retryAfterMs).toBe(wait);
  });

  it('has a status and a code in one place for both SDKs', () => {
    expect(storageStatus(tableError(412))).toBe(412);
    expect(storageStatus(networkError('ECONNRESET'))).toBeUndefined();
    expect(storageErrorCode(tableError(412, 'UpdateConditionNotSatisfied'))).toBe(
      'UpdateConditionNotSatisfied',
    );
    expect(storageErrorCode(queueError(404, 'QueueNotFound'))).toBe('QueueNotFound');
    expect(storageErrorCode(tableError(400, `no code: ${SECRET}`))).toBeUndefined();
  });
});
