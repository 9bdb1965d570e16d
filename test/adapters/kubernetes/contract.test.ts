import { kubernetesContract } from '../../support/contracts/kubernetes/suite.ts';
import { createFakeKubernetes } from '../../support/fakes/kubernetes.ts';
import { aCluster, startCluster } from './setup.ts';

kubernetesContract('the adapter over HTTPS', async () => {
  const local = await startCluster();
  const { standIn, kubernetes, cluster } = local;
  const people = {
    ...standIn,
    terminate: (namespace: string) => standIn.deleteNamespace(namespace, { stayTerminating: true }),
  };
  return { kubernetes, cluster, people, scope: 'cluster', stop: () => local.stop() };
});

kubernetesContract('the fake', async () => {
  const kubernetes = createFakeKubernetes();
  const cluster = aCluster('https://weu-1.k8s.localhost', '-----BEGIN CERTIFICATE-----');
  return {
    kubernetes,
    cluster,
    people: kubernetes.people('weu-1'),
    scope: 'cluster',
    stop: async () => {},
  };
});
