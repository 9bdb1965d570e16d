import { lookup } from 'node:dns';
import type { LookupAllOptions, LookupOneOptions } from 'node:dns';
import { lookup as promised } from 'node:dns/promises';
import { describe, expect, it } from 'vitest';
import './dns.mjs';

const callback = (name: string, options: LookupAllOptions | LookupOneOptions = {}) =>
  new Promise((resolve) => {
    lookup(name, options as LookupOneOptions, (_, address, family) => resolve([address, family]));
  });

describe('names under localhost', () => {
  it.each(['localhost', 'team.vault.localhost', 'WEU-1.k8s.LOCALHOST'])(
    '%s is this machine',
    async (name) => {
      const loopback = { address: '127.0.0.1', family: 4 };

      expect(await callback(name)).toEqual(['127.0.0.1', 4]);
      expect(await callback(name, { all: true })).toEqual([[loopback], undefined]);
      expect(await promised(name)).toEqual(loopback);
      expect(await promised(name, { all: true })).toEqual([loopback]);
    },
  );

  it('a lookup without options is answered, too', async () => {
    const address = await new Promise((resolve) => lookup('a.localhost', (_, found) => resolve(found)));
    expect(address).toBe('127.0.0.1');
  });

  it('every other name is left to the resolver', async () => {
    expect(await promised('127.0.0.2')).toEqual({ address: '127.0.0.2', family: 4 });
    // Too long for a name, so that it fails without asking a name server.
    await expect(promised(`localhost.${'x'.repeat(300)}`)).rejects.toThrow(/getaddrinfo/);
  });
});
