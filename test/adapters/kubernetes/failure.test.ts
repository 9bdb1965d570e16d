import { ApiException } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { KubernetesCall } from '../../../shared/adapters/kubernetes/failure.ts';
import { kubernetesFailure } from '../../../shared/adapters/kubernetes/failure.ts';
import { VaultcastError } from '../../../shared/errors.ts';
import type { SecretManifest } from '../../../shared/target/secret.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const VALUE = 'hunter2';
const call = (verb: KubernetesCall['verb'], more: Partial<KubernetesCall> = {}): KubernetesCall => ({
  verb,
  resource: 'secrets',
  namespace: 'app-1',
  name: 'pg',
  ...more,
});
const NAMESPACE = { resource: 'namespaces', name: 'app-1' } as const;

interface StatusParts {
  reason?: string;
  message?: string;
  details?: object;
}
const answer = (code: number, status: StatusParts | string | undefined, headers = {}): Error => {
  const body = typeof status === 'object' ? JSON.stringify({ kind: 'Status', code, ...status }) : status;
  return new ApiException(code, 'Unknown API Status Code!', body, headers);
};
const notFound = (kind: string) => answer(404, { reason: 'NotFound', details: { kind, name: 'x' } });
const socketError = (code: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(VALUE), { code }) });

const codeOf = (error: unknown, of: KubernetesCall) => {
  const found = kubernetesFailure(error, 'weu-1', of, NOW);
  return found instanceof VaultcastError ? found.code : found;
};
function failed(error: unknown, of: KubernetesCall): VaultcastError {
  const found = kubernetesFailure(error, 'weu-1', of, NOW);
  if (found instanceof VaultcastError) return found;
  throw new Error(`decided: ${found}`);
}

describe('an answer that decides', () => {
  it.each([
    ['GET of a Secret: 404', notFound('secrets'), call('get'), 'absent'],
    ['GET of a namespace: 404', notFound('namespaces'), call('get', NAMESPACE), 'absent'],
    ['POST: 404 of the namespace', notFound('namespaces'), call('create'), 'namespace-missing'],
    ['PUT: 404 of the namespace', notFound('namespaces'), call('update'), 'namespace-missing'],
    ['PUT: 404 of the Secret', notFound('secrets'), call('update'), 'conflict'],
    ['DELETE: 404 of the Secret', notFound('secrets'), call('delete'), 'conflict'],
    ['POST: 409', answer(409, { reason: 'AlreadyExists' }), call('create'), 'conflict'],
    ['PUT: 409', answer(409, { reason: 'Conflict' }), call('update'), 'conflict'],
    ['DELETE: 409', answer(409, { reason: 'Conflict' }), call('delete'), 'conflict'],
    ['list: 410', answer(410, { reason: 'Expired' }), call('list'), 'expired'],
  ])('%s', (_what, error, of, decision) => {
    expect(codeOf(error, of)).toBe(decision);
  });

  it.each([
    ['a page that is no Status', answer(404, '404 page not found'), call('get')],
    ['an unknown path', answer(404, { reason: 'NotFound', details: {} }), call('get')],
    ['another kind of thing', notFound('configmaps'), call('get')],
    ['the Secret, on a POST', notFound('secrets'), call('create')],
    ['the namespace, on a GET of a Secret', notFound('namespaces'), call('get')],
    ['a list', notFound('secrets'), call('list')],
    ['a Status without a reason', answer(404, { details: { kind: 'secrets' } }), call('delete')],
  ])('believes no 404 about %s', (_what, error, of) => {
    expect(codeOf(error, of)).toBe('CLUSTER_FAILED');
  });

  it.each([
    ['a 409 that is no Status', answer(409, '<html>'), call('update')],
    ['a 409 on a GET', answer(409, { reason: 'Conflict' }), call('get')],
    ['a 410 on a GET', answer(410, { reason: 'Gone' }), call('get')],
  ])('decides nothing from %s', (_what, error, of) => {
    expect(codeOf(error, of)).toBe('CLUSTER_FAILED');
  });
});

describe('an answer that is a failure', () => {
  it.each([
    ['401, whose body client-node drops', answer(401, undefined), 'CLUSTER_UNAUTHORIZED'],
    ['403', answer(403, { reason: 'Forbidden', message: 'User "u" cannot' }), 'CLUSTER_FORBIDDEN'],
    ['403 of a proxy', answer(403, '<html>'), 'CLUSTER_FORBIDDEN'],
    [
      '403 in a namespace in deletion',
      answer(403, { reason: 'Forbidden', details: { causes: [{ reason: 'NamespaceTerminating' }] } }),
      'NAMESPACE_MISSING',
    ],
    ['400', answer(400, { reason: 'BadRequest', message: VALUE }), 'SECRET_INVALID'],
    ['400 of a proxy', answer(400, 'Bad Request'), 'CLUSTER_FAILED'],
    ['413 of a proxy', answer(413, '<html>'), 'SECRET_INVALID'],
    ['422', answer(422, { reason: 'Invalid', message: VALUE }), 'SECRET_INVALID'],
    ['429', answer(429, { reason: 'TooManyRequests' }), 'CLUSTER_THROTTLED'],
    ['500', answer(500, { reason: 'InternalError', message: VALUE }), 'CLUSTER_FAILED'],
    ['503', answer(503, '<html>'), 'CLUSTER_FAILED'],
    ['504', answer(504, { reason: 'Timeout' }), 'CLUSTER_FAILED'],
    ['307', answer(307, ''), 'CLUSTER_FAILED'],
    ['405', answer(405, { reason: 'MethodNotAllowed' }), 'CLUSTER_FAILED'],
    ['418', answer(418, undefined), 'CLUSTER_FAILED'],
  ])('%s', (_what, error, code) => {
    const found = failed(error, call('update'));
    expect(found.code).toBe(code);
    expect(found.message).toMatch(/^cluster weu-1, update secrets app-1\/pg: /);
    expect(found.message).not.toContain(VALUE);
  });

  it('takes a refusal of what was only read for a failure of the server', () => {
    expect(codeOf(answer(422, { reason: 'Invalid' }), call('list'))).toBe('CLUSTER_FAILED');
    expect(codeOf(answer(400, { reason: 'BadRequest' }), call('get'))).toBe('CLUSTER_FAILED');
  });

  it.each([
    ['7', 7000],
    ['0', 0],
    ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['999999999', 86_400_000],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
  ])('reads Retry-After: %s', (header, wait) => {
    for (const code of [429, 503])
      expect(failed(answer(code, {}, { 'retry-after': header }), call('get')).retryAfterMs).toBe(wait);
  });
});

describe('a refused Secret', () => {
  const invalid = (causes: object[], message = '') =>
    failed(answer(422, { reason: 'Invalid', message, details: { causes } }), call('create')).message;

  it('names fields and reasons, never the values that messages quote', () => {
    const message = invalid([
      { field: 'data[tls.crt]', reason: 'FieldValueRequired', message: `Invalid value: "${VALUE}"` },
      { field: 'metadata.labels', reason: 'FieldValueInvalid', message: VALUE },
      { field: 'metadata.labels', reason: 'FieldValueInvalid', message: 'twice' },
      { field: `a value ${VALUE}`, reason: VALUE },
      { field: 'type', reason: `no enum: ${VALUE}` },
    ]);
    expect(message).toBe(
      'cluster weu-1, create secrets app-1/pg: refused: data[tls.crt] (FieldValueRequired), metadata.labels (FieldValueInvalid), type',
    );
  });

  it('copes with causes of any shape', () => {
    for (const causes of [null, 'x', [null], [7], {}, [{ field: {} }]])
      expect(codeOf(answer(422, { details: { causes } }), call('create'))).toBe('SECRET_INVALID');
  });

  const denied = (policy: string, why: string) =>
    `secrets "pg" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding 'b' denied request: ${why}`;

  const sent: SecretManifest = {
    namespace: 'app-1',
    name: 'pg',
    type: 'Opaque',
    immutable: false,
    labels: {},
    annotations: { 'example.com/steer': 'x', 'vaultcast.dev/sources': 'team/app-2--x@a:1' },
    finalizers: [],
    data: { password: Buffer.from(VALUE).toString('base64') },
  };
  const refused = (policy: string, why: string, code = 422) =>
    failed(answer(code, { message: denied(policy, why) }), call('create', { sent })).message;
  const CONSENT = 'secret app-2--x is not accepted by namespace app-1';

  it.each([422, 403])(
    "says the sentence of vaultcast's own policy (%i) when it names what was sent",
    (code) => {
      expect(refused('vaultcast-consent', CONSENT, code)).toMatch(
        /: refused by policy vaultcast-consent: secret app-2--x is not accepted by namespace app-1$/,
      );
      const steer =
        'label or annotation example.com/steer is neither one of vaultcast nor in the setting allowedMetadata';
      expect(refused('vaultcast-consent', steer, code)).toContain(steer);
    },
  );

  it('says it of the copy for another instance, too, by the name of the policy itself', () => {
    expect(refused('vaultcast-consent-test', CONSENT)).toMatch(
      /: refused by policy vaultcast-consent: secret /,
    );
  });

  it.each([
    ['names a value', `secret ${VALUE} is not accepted by namespace app-1`],
    [
      'names a value as the namespace',
      `namespace ${VALUE} accepts no secrets (annotation vaultcast.dev/accept is missing)`,
    ],
    ['goes on after its end', `${CONSENT} ${VALUE}`],
    ['goes on in another line', `${CONSENT}\n${VALUE}`],
    ['begins with something else', `${VALUE} ${CONSENT}`],
    ['is no sentence of it', VALUE],
    ['is empty', ''],
  ])('says no word of a sentence that %s', (_, why) => {
    expect(refused('vaultcast-consent', why)).toMatch(/: refused by policy vaultcast-consent$/);
  });

  it.each([
    'vaultcast',
    'vaultcasting',
    'vaultcast-evil',
    'xvaultcast-consent',
    'vaultcast-consent.evil',
    VALUE,
    'no-passwords',
  ])("repeats neither name nor words of anybody else's policy: %s", (policy) => {
    expect(refused(policy, CONSENT)).toMatch(/: refused by an admission policy that is not of vaultcast$/);
  });

  it.each(['validate.kyverno.svc', VALUE, `${VALUE} with blanks`])(
    'repeats neither name nor words of a webhook: %s',
    (name) => {
      const message = `admission webhook "${name}" denied the request: ${VALUE}`;
      const webhook = failed(answer(403, { reason: 'Forbidden', message }), call('update'));
      expect(webhook).toMatchObject({ code: 'SECRET_INVALID' });
      expect(webhook.message).toMatch(/: refused by an admission webhook$/);
    },
  );

  it('tells a used-up quota from missing rights', () => {
    const message = 'secrets "pg" is forbidden: exceeded quota: q, requested: secrets=1';
    expect(failed(answer(403, { message }), call('create')).message).toContain('a quota of the namespace');
  });

  it('says of a 403 in the words of Azure that Azure RBAC decided, and no word more of it', () => {
    const message = `secrets is forbidden: User "${VALUE}" cannot list: User does not have access to the resource in Azure. Update role assignment to allow access.`;
    const failure = failed(answer(403, { reason: 'Forbidden', message }), call('get'));
    expect(failure).toMatchObject({ code: 'CLUSTER_FORBIDDEN' });
    expect(failure.message).toMatch(
      /: Azure RBAC denies it: the identity needs a role of Azure on the cluster/,
    );
    expect(failure.message).not.toContain('Update role');
  });
});

describe('no answer', () => {
  it.each([
    ['ECONNREFUSED', 'CLUSTER_UNREACHABLE'],
    ['ECONNRESET', 'CLUSTER_UNREACHABLE'],
    ['EPIPE', 'CLUSTER_UNREACHABLE'],
    ['UND_ERR_SOCKET', 'CLUSTER_UNREACHABLE'],
    ['ENOTFOUND', 'CLUSTER_UNREACHABLE'],
    ['EAI_AGAIN', 'CLUSTER_UNREACHABLE'],
    ['EHOSTUNREACH', 'CLUSTER_UNREACHABLE'],
    ['ENETUNREACH', 'CLUSTER_UNREACHABLE'],
    ['UND_ERR_CONNECT_TIMEOUT', 'CLUSTER_TIMEOUT'],
    ['UND_ERR_HEADERS_TIMEOUT', 'CLUSTER_TIMEOUT'],
    ['UND_ERR_BODY_TIMEOUT', 'CLUSTER_TIMEOUT'],
    ['ETIMEDOUT', 'CLUSTER_TIMEOUT'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'CLUSTER_TLS'],
    ['CERT_HAS_EXPIRED', 'CLUSTER_TLS'],
    ['CERT_NOT_YET_VALID', 'CLUSTER_TLS'],
    ['CERT_SIGNATURE_FAILURE', 'CLUSTER_TLS'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'CLUSTER_TLS'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CLUSTER_TLS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CLUSTER_TLS'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CLUSTER_TLS'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'CLUSTER_TLS'],
    ['EPROTO', 'CLUSTER_TLS'],
    ['ESOMETHINGNEW', 'CLUSTER_FAILED'],
  ])('%s', (socketCode, code) => {
    const found = failed(socketError(socketCode), call('get'));
    expect(found.code).toBe(code);
    expect(found.message).not.toContain(VALUE);
  });

  it.each([
    new SyntaxError(`Unexpected token in JSON "${VALUE}"`),
    new Error(`The mediaType text/html is not supported: ${VALUE}`),
    VALUE,
    undefined,
    { code: { toString: () => VALUE } },
  ])('takes whatever else is thrown for an unusable answer', (error) => {
    const found = failed(error, call('get'));
    expect(found.code).toBe('CLUSTER_FAILED');
    expect(found.message).not.toContain(VALUE);
  });

  it('survives causes in a circle', () => {
    const error: Error & { cause?: unknown } = new Error('a');
    error.cause = error;
    expect(codeOf(error, call('get'))).toBe('CLUSTER_FAILED');
  });

  it('says which call its own failures belong to', () => {
    const own = new VaultcastError('TOKEN_UNAVAILABLE', 'no token for x', { retryAfterMs: 5 });
    expect(failed(own, call('list', { resource: 'namespaces' }))).toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      message: 'cluster weu-1, list namespaces app-1/pg: no token for x',
      retryAfterMs: 5,
    });
  });
});
