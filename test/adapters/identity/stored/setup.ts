import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnect } from '../../../../shared/adapters/kubernetes/connection.ts';
import { createTokenSource } from '../../../../shared/adapters/identity/tokens.ts';
import { createKeyVault } from '../../../../shared/adapters/key-vault/vault.ts';
import { createEntraConnect } from '../../../../shared/adapters/kubernetes/connection.ts';
import { createKubernetes } from '../../../../shared/adapters/kubernetes/api.ts';
import { createStoredConnect } from '../../../../shared/adapters/identity/stored/connect.ts';
import { CREDENTIAL_VAULT } from '../../../../shared/adapters/identity/stored/store.ts';
import { clusterRefusal } from '../../../../shared/config/clusters.ts';
import { clusterDocument } from '../../../../shared/registry/cluster-schema.ts';
import type { Cluster } from '../../../../shared/registry/document.ts';
import { startKubernetes } from '../../../local/kubernetes/api-server.ts';
import type { KubernetesOptions as StandInOptions } from '../../../local/kubernetes/api-server.ts';
import type { Issued } from '../../../local/network/authority.ts';
import { config } from '../../../support/environment.ts';
import { startVaults } from '../../key-vault/setup.ts';

/** The stand-in's vault that holds cluster credentials. */
const VAULT = 'other';

/** A PKCS#12 bundle without password in base64, as Key Vault keeps a certificate. */
export function pkcs12({ key, cert }: Issued): string {
  const folder = mkdtempSync(join(tmpdir(), 'vaultcast-pfx-'));
  try {
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const inputs = ['-inkey', file('key.pem', key), '-in', file('cert.pem', cert)];
    return execFileSync('openssl', ['pkcs12', '-export', ...inputs, '-passout', 'pass:']).toString('base64');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Options = Partial<StandInOptions> & {
  hosts?: string;
  /** CLUSTER_SCOPES of the app; the cluster's server is known only now. */
  scopes?: (server: URL) => string;
  withoutVault?: boolean;
};

/** A cluster with credentials of its own, the vault that holds them, and the adapters as the app wires them. */
export async function startStored({
  hosts = '*.k8s.localhost',
  scopes: scopesFor = () => '',
  withoutVault = false,
  ...standIn
}: Options = {}) {
  const vaults = await startVaults();
  const { authority } = vaults;
  const cluster = await startKubernetes({
    authority,
    name: 'weu-1',
    clientCa: authority.caPem,
    authenticate: async (token) => (token === known.token ? 'pusher' : undefined),
    ...standIn,
  });
  const known = { token: 'token-canary-1' };
  cluster.createNamespace('app-1', { 'vaultcast.dev/accept': 'app-1--' });
  let now = Date.now();
  const clock = (): number => now;
  const stored = new Map([[CREDENTIAL_VAULT, vaults.standIn.url(VAULT)]]);
  const vault = createKeyVault({ vaults: stored, credential: vaults.credential, ca: authority.caPem });
  const scopes: string[] = [];
  const getToken = async (scope: string | string[]) => {
    scopes.push(String(scope));
    return { token: 'entra-canary', expiresOnTimestamp: Date.now() + 3_600_000 };
  };
  const entra = createEntraConnect(createTokenSource({ getToken }));
  const stores = createStoredConnect(withoutVault ? undefined : vault, clock);
  const connect = createConnect({ ...stores, entra, aks: entra });
  const { clusters: allowed } = config({
    CLUSTER_HOSTS: hosts,
    CLUSTER_SCOPES: scopesFor(new URL(cluster.url)),
  });
  const kubernetes = createKubernetes({
    connect,
    allowed: (of) => clusterRefusal(allowed, of),
    timeoutMs: 5000,
  });

  const document = (credential: object, spec: object = {}): Cluster =>
    clusterDocument.parse({
      apiVersion: 'vaultcast.dev/v1',
      kind: 'Cluster',
      metadata: { name: 'weu-1' },
      spec: {
        server: cluster.url,
        certificateAuthorityData: Buffer.from(authority.caPem).toString('base64'),
        credential,
        ...spec,
      },
    });

  return {
    authority,
    cluster,
    kubernetes,
    scopes,
    /** The token that the API server knows. */
    known,
    document,
    /** A credential for the cluster, as its tag says unless told otherwise. */
    store: (
      name: string,
      value: string,
      {
        tags = { server: cluster.url },
        ...options
      }: { contentType?: string; tags?: Record<string, string> } = {},
    ) => vaults.standIn.set(VAULT, name, value, { ...options, tags }),
    vault: vaults.standIn,
    vaultName: VAULT,
    /** Values read so far. */
    reads: () => vaults.standIn.server.requests.filter(({ status }) => status === 200).length,
    pass: (ms: number) => void (now += ms),
    connect: (of: Cluster, freshness: Parameters<typeof connect>[2]) =>
      connect(of, AbortSignal.timeout(60_000), freshness),
    observe: (of: Cluster) => kubernetes.namespace(of, 'app-1', AbortSignal.timeout(60_000)),
    async stop() {
      await kubernetes.close();
      await Promise.all([cluster.stop(), vaults.stop()]);
    },
  };
}
