import { describe, expect, it } from 'vitest';
import { armFailure } from '../../../shared/adapters/aks/failure.ts';
import { ExchangeFailure } from '../../../shared/adapters/exchange-failure.ts';
import { VaultcastError } from '../../../shared/errors.ts';

const NOW = Date.UTC(2026, 10, 20);
const CANARY = 'kubeconfig-canary';

/** As the SDK throws: its message quotes the answer. */
const answered = (statusCode: number, code?: string, headers: Record<string, string> = {}): Error =>
  Object.assign(new Error(CANARY), {
    statusCode,
    code,
    details: { error: { message: CANARY } },
    response: { headers: { get: (name: string) => headers[name] } },
  });

function said(error: unknown): [string, string] {
  const { code, message } = armFailure(error, NOW);
  return [code, message.replace(/^Azure Resource Manager: /, '')];
}

describe('what Azure Resource Manager answers', () => {
  it.each([
    [401, 'CLUSTER_UNAUTHORIZED', /refused the identity's token/],
    [403, 'CLUSTER_FORBIDDEN', /assign it the role Azure Kubernetes Service Cluster User Role$/],
    [404, 'CLUSTER_UNREACHABLE', /no such managed cluster; check spec\.aks$/],
    [429, 'CLUSTER_THROTTLED', /^it answered 429$/],
    [300, 'CLUSTER_FAILED', /^it answered 300 Why$/],
    [409, 'CLUSTER_FAILED', /^it answered 409 Why$/],
    [499, 'CLUSTER_FAILED', /^it answered 499 Why$/],
    [500, 'CLUSTER_UNREACHABLE', /^it answered 500 Why$/],
  ])('with %i is %s', (status, code, message) => {
    expect(said(answered(status, 'Why'))).toEqual([code, expect.stringMatching(message)]);
  });

  it('with a success that nobody can parse is no usable answer, whatever its status', () => {
    expect(said(answered(200, 'PARSE_ERROR'))).toEqual([
      'CLUSTER_UNREACHABLE',
      'no usable answer (PARSE_ERROR)',
    ]);
  });

  it('is waited for as long as it asks', () => {
    expect(armFailure(answered(429, undefined, { 'retry-after': '7' }), NOW).retryAfterMs).toBe(7000);
    expect(armFailure(answered(429), NOW).retryAfterMs).toBeUndefined();
  });

  it('is never quoted', () => {
    for (const status of [200, 400, 403, 500]) expect(said(answered(status)).join()).not.toContain(CANARY);
  });
});

describe('what comes without an answer', () => {
  it.each<[unknown, string, string]>([
    [Object.assign(new Error(CANARY), { code: 'ENOTFOUND' }), 'CLUSTER_UNREACHABLE', 'ENOTFOUND'],
    [new TypeError(CANARY), 'CLUSTER_UNREACHABLE', 'TypeError'],
    ['a text', 'CLUSTER_UNREACHABLE', 'unknown error'],
  ])('is said by a word of it: %s', (error, code, word) => {
    expect(said(error)).toEqual([code, `no usable answer (${word})`]);
  });

  it('is said in our own words where it was we who gave up', () => {
    expect(said(new ExchangeFailure('late', 'no complete answer within 9 ms'))).toEqual([
      'CLUSTER_UNREACHABLE',
      'no complete answer within 9 ms',
    ]);
    const ours = new VaultcastError('TOKEN_UNAVAILABLE', 'no token');
    expect(armFailure(ours, NOW)).toBe(ours);
  });
});
