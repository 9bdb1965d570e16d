import { base64, startFixture } from '../../local/kubernetes/fixture.ts';
import type { Fixture } from '../../local/kubernetes/fixture.ts';
import type { KubernetesOptions } from '../../local/kubernetes/api-server.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import type { FakeKeyVault } from '../../support/fakes/key-vault.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import type { FakeStatus } from '../../support/fakes/status.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';
import type { Ran, RunOptions } from '../run.ts';

export const VALUE = 'n0-one-may-see-this';

/** Cluster weu-1 with namespace app-1, which accepts `app-1--`; route app-1; secret app-1--pg--password. */
export interface AdoptWorld {
  fixture: Fixture;
  folder: Folder;
  kubeconfig: string;
  vault: FakeKeyVault;
  status: FakeStatus;
  /** Secret app-1/pg as the route would write it, unless said otherwise. */
  put(metadata?: object, more?: object): ReturnType<Fixture['cluster']['put']>;
  pg(): ReturnType<Fixture['cluster']['secret']>;
  /** The API server answers a GET of this path with these objects, as it does where their kind is installed. */
  serve(path: string, answer: object): void;
  /** `vaultcast adopt` with this kubeconfig and instance `prod`. */
  adopt(args: readonly string[], more?: RunOptions & { kubeconfig?: false }): Promise<Ran>;
  stop(): Promise<void>;
}

export async function adoptWorld(options: Partial<KubernetesOptions> = {}): Promise<AdoptWorld> {
  const [fixture, folder] = [await startFixture(options), await aFolder()];
  const { cluster } = fixture;
  cluster.annotate('app-1', { 'vaultcast.dev/accept': 'app-1--' });
  const vault = createFakeKeyVault({ vaults: ['team'] });
  vault.people.set('team', 'app-1--pg--password', VALUE);
  const kubeconfig = await folder.file('kubeconfig', [kubeconfigOf(fixture)]);
  const registry = fakeRegistry(
    stored(writtenCluster('weu-1', { server: cluster.url })),
    stored(writtenCluster('neu-1')),
    stored(writtenRoute()),
    stored(writtenRoute('far', { clusters: { names: ['x'] } })),
  );
  const status = createFakeStatus();
  return {
    fixture,
    folder,
    kubeconfig,
    vault,
    status,
    put: (metadata = {}, more = {}) =>
      cluster.put('app-1', {
        metadata: { name: 'pg', ...metadata },
        data: { password: base64(VALUE) },
        ...more,
      }),
    pg: () => cluster.secret('app-1', 'pg'),
    serve(path, answer) {
      const fault = { kind: 'status', status: 200, body: JSON.stringify(answer) } as const;
      cluster.server.inject({ fault, when: (request) => request.path === path });
    },
    adopt(args, { kubeconfig: given, ...more } = {}) {
      const file = given === false ? [] : ['--kubeconfig', kubeconfig];
      return run(['adopt', ...file, '--instance', 'prod', ...args], { registry, status, vault, ...more });
    },
    async stop() {
      await fixture.stop();
      await folder.remove();
    },
  };
}

function kubeconfigOf({ cluster, authority }: Fixture): object {
  const place = { server: cluster.url, 'certificate-authority-data': base64(authority.caPem) };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'weu-1',
    clusters: [{ name: 'weu', cluster: place }],
    contexts: [{ name: 'weu-1', context: { cluster: 'weu', user: 'me' } }],
    users: [{ name: 'me', user: { token: 'operator' } }],
  };
}
