import { describe, expect, it } from 'vitest';
import { baseAddress } from '../../shared/adapters/kubernetes/base-address.ts';

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
