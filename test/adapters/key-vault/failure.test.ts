import { describe, expect, it } from 'vitest';
import { keyVaultFailure } from '../../../shared/adapters/key-vault/failure.ts';
import type { VaultCall } from '../../../shared/adapters/key-vault/policy.ts';
import { VaultcastError } from '../../../shared/errors.ts';

type Asked = VaultCall['asked'];
const NOW = Date.parse('2026-11-21T10:00:00Z');
const VALUE = 'hunter2';
const LATEST: Asked = { vault: 'team', name: 'app-1--pg' };
const VERSION: Asked = { ...LATEST, version: 'f'.repeat(32) };
const LIST: Asked = { vault: 'team' };
const CERTIFICATE: Asked = { ...VERSION, kind: 'certificate' };

interface Parts {
  code?: string;
  inner?: string;
  headers?: Record<string, string>;
}
/** As @azure/keyvault-secrets 4.12 throws it. */
function restError(statusCode: number, { code, inner, headers = {} }: Parts = {}): Error {
  const innerError = inner === undefined ? undefined : { code: inner };
  return Object.assign(new Error(`about ${VALUE}`), {
    name: 'RestError',
    statusCode,
    code,
    details: { error: { code, message: VALUE, innerError } },
    response: { headers: { get: (name: string) => headers[name] } },
  });
}
const NOT_FOUND = restError(404, { code: 'SecretNotFound' });
const DISABLED = restError(403, { code: 'Forbidden', inner: 'SecretDisabled' });

const outcome = (error: unknown, asked: Asked) => {
  const found = keyVaultFailure(error, { asked, refused: undefined }, NOW);
  return found instanceof VaultcastError ? found.code : found;
};
function failed(error: unknown, asked = LATEST): VaultcastError {
  const found = keyVaultFailure(error, { asked, refused: undefined }, NOW);
  if (found instanceof VaultcastError) return found;
  throw new Error(`taken for ${found}`);
}

describe('a secret is gone', () => {
  it('only by 404 SecretNotFound or 403 SecretDisabled for its latest version', () => {
    expect(outcome(NOT_FOUND, LATEST)).toBe('deleted');
    expect(outcome(DISABLED, LATEST)).toBe('disabled');
  });

  it.each([
    ['a missing version', NOT_FOUND, VERSION],
    ['a disabled version', DISABLED, VERSION],
    ['a list', NOT_FOUND, LIST],
    ['404 without a code', restError(404), LATEST],
    ['404 of another kind', restError(404, { code: 'ResourceNotFound' }), LATEST],
    ['404 SecretDisabled', restError(404, { inner: 'SecretDisabled' }), LATEST],
    ['403 SecretNotFound', restError(403, { code: 'SecretNotFound' }), LATEST],
    ['403 SecretDisabled outside the inner error', restError(403, { code: 'SecretDisabled' }), LATEST],
    ['a list that is disabled', DISABLED, LIST],
  ])('not by %s', (_what, error, asked) => {
    expect(outcome(error, asked)).toMatch(/^VAULT_/);
  });
});

describe('a failure of Key Vault', () => {
  it.each([
    ['401', restError(401, { code: 'Unauthorized' }), 'VAULT_FORBIDDEN'],
    ['403 of RBAC', restError(403, { code: 'Forbidden', inner: 'ForbiddenByRbac' }), 'VAULT_FORBIDDEN'],
    [
      '403 of a firewall',
      restError(403, { code: 'Forbidden', inner: 'ForbiddenByFirewall' }),
      'VAULT_FORBIDDEN',
    ],
    ['403 with no inner code', restError(403, { code: 'Forbidden' }), 'VAULT_FORBIDDEN'],
    [
      '403 with odd codes',
      restError(403, { code: `${VALUE} !`, inner: VALUE.repeat(50) }),
      'VAULT_FORBIDDEN',
    ],
    ['429', restError(429, { code: 'Throttled' }), 'VAULT_THROTTLED'],
    ['500', restError(500, { code: 'InternalServerError' }), 'VAULT_UNAVAILABLE'],
    ['503', restError(503), 'VAULT_UNAVAILABLE'],
    ['400', restError(400, { code: 'BadParameter' }), 'VAULT_UNAVAILABLE'],
    ['307', restError(307), 'VAULT_UNAVAILABLE'],
    [
      'a parse error, whose message is the body',
      restError(200, { code: 'PARSE_ERROR' }),
      'VAULT_UNAVAILABLE',
    ],
    ['no connection', Object.assign(new Error(VALUE), { code: 'ECONNREFUSED' }), 'VAULT_UNAVAILABLE'],
    ['no name', Object.assign(new Error(VALUE), { code: 'ENOTFOUND' }), 'VAULT_UNAVAILABLE'],
    ['a mistake of the SDK', new TypeError(`cannot read ${VALUE}`), 'VAULT_UNAVAILABLE'],
    ['something else', VALUE, 'VAULT_UNAVAILABLE'],
    ['nothing', undefined, 'VAULT_UNAVAILABLE'],
  ])('%s', (_what, error, code) => {
    const found = failed(error);
    expect(found.code).toBe(code);
    expect(found.message).toMatch(/^vault team, secret app-1--pg: /);
    expect(found.message).not.toContain(VALUE);
    expect(found.cause).toBeUndefined();
  });

  it('says what mends a 403', () => {
    const message = (inner: string) => failed(restError(403, { code: 'Forbidden', inner })).message;
    expect(message('ForbiddenByRbac')).toContain('assign it the role Key Vault Secrets User');
    expect(message('ForbiddenByFirewall')).toContain('private endpoint');
  });

  it('says which role a certificate needs, and never that a secret is gone', () => {
    const message = (inner?: string) =>
      failed(restError(403, { code: 'Forbidden', ...(inner && { inner }) }), CERTIFICATE).message;
    expect(message('ForbiddenByRbac')).toBe(
      'vault team, certificate app-1--pg: the identity may not read certificates; assign it the role Key Vault Certificate User',
    );
    expect(message('ForbiddenByPolicy')).toContain('does not let the identity get certificates');
    expect(message()).toContain('check the role Key Vault Certificate User');
    expect(outcome(DISABLED, CERTIFICATE)).toBe('VAULT_UNAVAILABLE');
    expect(outcome(NOT_FOUND, CERTIFICATE)).toBe('VAULT_UNAVAILABLE');
    expect(outcome(restError(404), CERTIFICATE)).toBe('VAULT_UNAVAILABLE');
  });

  it('takes only 404 CertificateNotFound for there is none', () => {
    expect(outcome(restError(404, { code: 'CertificateNotFound' }), CERTIFICATE)).toBe('deleted');
    expect(outcome(restError(404, { code: 'CertificateNotFound' }), LATEST)).toBe('VAULT_UNAVAILABLE');
  });

  it('gives the request id for a support case, and nothing that is none', () => {
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    expect(failed(restError(500, { headers: { 'x-ms-request-id': id } })).message).toContain(
      `(request id ${id})`,
    );
    expect(failed(restError(500, { headers: { 'x-ms-request-id': VALUE } })).message).not.toContain(
      'request id',
    );
  });

  it('hands on Retry-After', () => {
    expect(failed(restError(429, { headers: { 'retry-after': '3' } })).retryAfterMs).toBe(3000);
    expect(failed(restError(503, { headers: { 'retry-after': 'soon' } })).retryAfterMs).toBeUndefined();
  });

  it('counts what was seen of an answer when the SDK stumbled over it', () => {
    const failure = (refused: VaultCall['refused']) =>
      keyVaultFailure(new TypeError('no body'), { asked: LATEST, refused }, NOW);
    expect(failure({ status: 429, retryAfter: '3' })).toMatchObject({
      code: 'VAULT_THROTTLED',
      retryAfterMs: 3000,
    });
    expect(failure({ status: 404, retryAfter: undefined })).toMatchObject({ code: 'VAULT_UNAVAILABLE' });
  });

  it('leaves a failure to get a token what it is', () => {
    const error = new VaultcastError('TOKEN_UNAVAILABLE', 'no token for x');
    expect(keyVaultFailure(error, { asked: LATEST, refused: undefined }, NOW)).toBe(error);
  });
});
