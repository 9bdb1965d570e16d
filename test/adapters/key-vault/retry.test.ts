import { describe, expect, it } from 'vitest';
import { nextWait } from '../../../shared/adapters/key-vault/retry.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const wait = (
  status: number | undefined,
  {
    number = 0,
    retryAfter,
    left = 60_000,
    random = 0.5,
  }: Partial<Record<'number' | 'left' | 'random', number>> & { retryAfter?: string } = {},
) => nextWait({ number, status, retryAfter }, left, random, NOW);

const lost = (errorCode: string) =>
  nextWait({ number: 0, status: undefined, retryAfter: undefined, errorCode }, 60_000, 0.5, NOW);

describe('the wait before another attempt', () => {
  it('grows, and is spread', () => {
    expect([wait(429), wait(429, { number: 1 })]).toEqual([400, 1200]);
    expect([wait(429, { random: 0 }), wait(429, { random: 0.999 })]).toEqual([200, expect.closeTo(600, -1)]);
  });

  it('is what Retry-After says', () => {
    expect(wait(429, { retryAfter: '2' })).toBe(2000);
    expect(wait(503, { retryAfter: '0', number: 1 })).toBe(0);
    expect(wait(429, { retryAfter: 'soon' })).toBe(400);
  });

  it('must fit into the time that is left', () => {
    expect(wait(429, { left: 400 })).toBeUndefined();
    expect(wait(429, { left: 401 })).toBe(400);
    expect(wait(429, { retryAfter: '10', left: 5000 })).toBeUndefined();
    expect(wait(500, { left: -1 })).toBeUndefined();
  });

  it('comes at most twice', () => {
    expect(wait(500, { number: 2 })).toBeUndefined();
  });

  it.each([undefined, 408, 429, 500, 502, 503, 504])('exists for what may pass: %s', (status) => {
    expect(wait(status)).toBe(400);
  });

  it.each([200, 301, 307, 400, 401, 403, 404, 409])('does not exist for what stays: %i', (status) => {
    expect(wait(status)).toBeUndefined();
  });

  it.each(['ECONNRESET', 'ECONNREFUSED', 'EAI_AGAIN', 'ETIMEDOUT'])('exists after %s', (errorCode) => {
    expect(lost(errorCode)).toBe(400);
  });

  it.each([
    'ENOTFOUND',
    'CERT_HAS_EXPIRED',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('does not exist after %s', (errorCode) => {
    expect(lost(errorCode)).toBeUndefined();
  });
});
