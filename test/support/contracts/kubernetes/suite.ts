import { describe, expect, it } from 'vitest';
import { inspectsClusters } from './inspect.ts';
import { failure, useCluster } from './bench.ts';
import type { KubernetesUnderTest } from './bench.ts';
import { digestsLists, listsManagedSecrets, observesSecrets, readsNamespaces } from './reads.ts';
import { createsSecrets, removesSecrets, replacesSecrets, triesSecrets } from './writes.ts';

/** What every implementation of the port does; `make` is called once. */
export function kubernetesContract(name: string, make: () => Promise<KubernetesUnderTest>): void {
  describe(`${name} as Kubernetes`, () => {
    const bench = useCluster(make);
    readsNamespaces(bench);
    observesSecrets(bench);
    createsSecrets(bench);
    triesSecrets(bench);
    replacesSecrets(bench);
    removesSecrets(bench);
    listsManagedSecrets(bench);
    digestsLists(bench);
    inspectsClusters(bench);

    it('does nothing once its signal is aborted, and does not blame a cluster that was not asked', async () => {
      const aborted = AbortSignal.abort();
      const calls = [
        bench.at.kubernetes.create(bench.at.cluster, bench.aManifest(), aborted),
        bench.at.kubernetes.secret(bench.at.cluster, bench.target(), aborted),
        bench.at.kubernetes.namespaces(bench.at.cluster, aborted),
      ];
      const failures = await Promise.all(calls.map(failure));
      expect(failures.map(({ code }) => code)).toEqual(calls.map(() => 'OUT_OF_TIME'));
      expect(await bench.observe()).toBeUndefined();
    });
  });
}
