import { describe, expect, it } from 'vitest';
import type { Inspection } from '../../../../shared/check/inspection.ts';
import { signal } from './bench.ts';
import type { Bench } from './bench.ts';

const SECRET_VERBS = ['get', 'list', 'create', 'update', 'delete'];

export function inspectsClusters({ at, observe }: Bench): void {
  const inspect = (of = signal()): Promise<Inspection> => at.kubernetes.inspect(at.cluster, of);

  describe('an inspection', () => {
    it('comes to its end, and tells that the server knows us', async () => {
      const { ended, addresses, user } = await inspect();
      expect(ended).toBeUndefined();
      expect(addresses).not.toEqual([]);
      expect(user).toBeDefined();
    });

    it('sees who takes part, and what may be done there', async () => {
      const { namespaces, access } = await inspect();
      expect(namespaces).toContainEqual({ name: at.namespace, accept: 'app-1--', terminating: false });
      const here = access.filter(({ namespace, use }) => namespace === at.namespace && use === 'needed');
      expect(here.map(({ verb, resource, allowed }) => [verb, resource, allowed])).toEqual(
        SECRET_VERBS.map((verb) => [verb, 'secrets', true]),
      );
    });

    it('asks of every right that nobody needs whether it is there', async () => {
      const { access } = await inspect();
      const excess = access.filter(({ use }) => use === 'excess');
      expect(excess.map(({ verb }) => verb)).toEqual(expect.arrayContaining(['*', 'create', 'impersonate']));
    });

    it('an inspection leaves nothing behind', async () => {
      await inspect();
      const target = { cluster: at.cluster.metadata.name, namespace: at.namespace, name: 'vaultcast-check' };
      expect(await at.kubernetes.secret(at.cluster, target, signal())).toBeUndefined();
      expect(await observe()).toBeUndefined();
    });

    it('an inspection that cannot go on says where it ended instead of failing', async () => {
      const { ended, user } = await inspect(AbortSignal.abort());
      expect(ended?.failure.code).toBe('OUT_OF_TIME');
      expect(user).toBeUndefined();
    });
  });
}
