import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appSettings, deployMain } from '../../infra/deployed.ts';
import { CLUSTER_SCOPE, clusterYaml } from '../../local/stack/sites.ts';
import { routeYaml } from '../../local/stack/tenancy.ts';
import type { ClustersApi, Site } from '../processes/clusters.ts';
import type { StorageApi } from '../processes/storage.ts';
import type { Trust, VaultApi } from '../processes/vault.ts';
import { type App, startApp, type Trigger } from './app.ts';
import { type Remote, start } from './remote.ts';
import { wake } from './wake.ts';

/** The app and its world, each part in a process of its own. */
export interface World {
  app: App;
  storage: Remote<StorageApi>;
  vault: Remote<VaultApi>;
  clusters: Remote<ClustersApi>;
  trust: Trust;
  sites: readonly Site[];
  /** Registers clusters (all unless said) and routes: name -> spec. */
  register(routes: Readonly<Record<string, object>>, clusters?: readonly string[]): Promise<void>;
  /** A run over all registered clusters, until it has ended in each of them; how it ended. */
  reconcile(registered: number, withinMs?: number): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  clusters: readonly string[];
  /** The functions that run; others' triggers wait. */
  functions: readonly Trigger[];
  /** Of the vault; default: the stand-in of all secrets. */
  vaultFile?: string;
}

const RUN_MS = 10 * 60_000;
const LOOK_MS = 500;

/** What a fresh deployment sets, and where everything is on this machine. */
function settingsOf(
  connectionString: string,
  trust: Trust,
  sites: readonly Site[],
  caFile: string,
): Record<string, string> {
  const deployed = appSettings(deployMain());
  const kept = ['PUSH_CONCURRENCY', 'EVENT_BUDGET_SECONDS', 'languageWorkers__node__arguments'];
  return {
    VAULTS: `team=${trust.vaultUrl}`,
    REGISTRY: connectionString,
    AzureWebJobsStorage: connectionString,
    AZURE_CLIENT_ID: '11111111-2222-3333-4444-555555555555',
    INSTANCE: 'bench',
    CLUSTER_HOSTS: '*.k8s.localhost',
    CLUSTER_SCOPES: sites.map(({ url }) => `${CLUSTER_SCOPE}@${new URL(url).host}`).join(','),
    IDENTITY_ENDPOINT: trust.identityEndpoint,
    IDENTITY_HEADER: trust.identityHeader,
    NODE_EXTRA_CA_CERTS: caFile,
    ...Object.fromEntries(kept.map((name) => [name, deployed[name] ?? ''])),
    // Nobody starts a run but the scenario.
    RECONCILE_SCHEDULE: '0 0 0 1 1 *',
  };
}

async function ended(storage: Remote<StorageApi>, since: number, registered: number, withinMs: number) {
  for (;;) {
    await sleep(LOOK_MS);
    const found = await storage.runsEnded(since);
    if (Object.keys(found).length >= registered || Date.now() > since + withinMs) return found;
  }
}

async function startWorld({
  clusters: names,
  functions,
  vaultFile = 'vault.ts',
}: WorldOptions): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'vaultcast-bench-'));
  const caFile = join(folder, 'ca.pem');
  const [storage, vault, clusters] = await Promise.all([
    start<StorageApi>('storage.ts'),
    start<VaultApi>(vaultFile),
    start<ClustersApi>('clusters.ts'),
  ]);
  const trust = await vault.ask.trust();
  await writeFile(caFile, trust.caPem);
  const sites = await clusters.ask.start(names, trust.objectId);
  const settings = settingsOf(await storage.ask.connectionString(), trust, sites, caFile);
  const app = await startApp({ settings, functions });
  await wake(app, functions);
  return {
    app,
    storage: storage.ask,
    vault: vault.ask,
    clusters: clusters.ask,
    trust,
    sites,
    async register(routes, registered = names) {
      const documents = sites
        .filter(({ name }) => registered.includes(name))
        .map((site) => clusterYaml(site, { env: 'prod' }));
      const specs = Object.entries(routes).map(([name, spec]) => routeYaml(name, { ...spec }));
      await storage.ask.apply([...documents, ...specs].join('---\n'));
    },
    async reconcile(registered, withinMs = RUN_MS) {
      const since = Date.now();
      await app.run('reconcile-timer');
      return ended(storage.ask, since, registered, withinMs);
    },
    async stop() {
      await app.stop();
      await Promise.all([storage.stop(), vault.stop(), clusters.stop()]);
      await rm(folder, { recursive: true });
    },
  };
}

/** What is measured in a world of its own. */
export async function inWorld<Measured>(
  options: WorldOptions,
  measure: (world: World) => Promise<Measured>,
): Promise<Measured> {
  const world = await startWorld(options);
  try {
    return await measure(world);
  } finally {
    await world.stop();
  }
}
