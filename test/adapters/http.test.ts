import { describe, expect, it } from 'vitest';
import { baseAddress, parseRetryAfter } from '../../shared/adapters/http.ts';

describe('the base of an address', () => {
  it.each([
    ['https://weu-1.example', 'https://weu-1.example'],
    ['https://weu-1.example/', 'https://weu-1.example'],
    ['https://weu-1.example/k8s/clusters/c-1//', 'https://weu-1.example/k8s/clusters/c-1'],
    ['///', ''],
    ['', ''],
  ])('of %j is %j', (address, base) => {
    expect(baseAddress(address)).toBe(base);
  });
});

describe('a Retry-After header', () => {
  const NOW = Date.parse('2026-11-21T10:00:00Z');

  it.each([
    ['7', 7000],
    ['0', 0],
    ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['999999999', 24 * 3_600_000],
    ['soon', undefined],
    ['2026-11-22', undefined],
    ['-1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %j asks to wait %j ms', (header, wait) => {
    expect(parseRetryAfter(header, NOW)).toBe(wait);
  });
});
