import { randomUUID } from 'node:crypto';
// The person in this process finds the vaults by their names, as the app does.
import '../network/dns.mjs';
import { createKeyVault } from '../../../shared/adapters/key-vault/vault.ts';
import type { Ports } from '../../../shared/ports.ts';
import { startAzurite } from '../azurite/storage.ts';
import type { LocalStorage } from '../azurite/storage.ts';
import { eventually } from './eventually.ts';
import type { RunningHost } from '../functions-host/client.ts';
import { startKeyVault, VAULT_RESOURCE } from '../key-vault/vaults.ts';
import type { KeyVaultStandIn } from '../key-vault/vaults.ts';
import { startKubernetes } from '../kubernetes/api-server.ts';
import type { KubernetesStandIn } from '../kubernetes/api-server.ts';
import { createDeliveries } from './events.ts';
import type { Deliveries } from './events.ts';
import { startHosts } from './hosts.ts';
import type { AddHost } from './hosts.ts';
import type { LogLine } from './log.ts';
import { outcomesIn } from './log.ts';
import { createPerson } from './person.ts';
import type { Person } from './person.ts';
import { createQueues, createTables } from './storage.ts';
import { AUDIENCE } from './sites.ts';
import type { ClusterSite, Trust } from './sites.ts';
import { createAuthority } from '../network/authority.ts';
import { startTokens } from '../tokens/service.ts';

export interface StackOptions {
  /** Names of vaults, which are also their aliases; default: `team`. */
  vaults?: string[];
  /** Names of clusters that stand-ins serve. */
  clusters?: string[];
  /** Starts API servers that trust the stack, and stops them itself; instead of stand-ins or beside them. */
  realClusters?: (trust: Trust) => Promise<ClusterSite[]>;
  /** Instances of the function app; default 1. */
  hosts?: number;
  /** Variables for the function app, over those of the stack. */
  env?: Record<string, string>;
  /** The folder with the built app; default: the project. */
  app?: string;
  /** Gets every line that a host writes. */
  onLine?: (line: string) => void;
}

/**
 * All of vaultcast's world on this machine: vaults, clusters, identity, storage, and the built functions on a local host
 * that knows of the rest only what its environment says.
 */
export interface Stack extends Deliveries, Person {
  vault: KeyVaultStandIn;
  /** The vaults as the person sees them. */
  openVault: () => Promise<Ports['vault']>;
  storage: LocalStorage;
  hosts: RunningHost[];
  /** One more instance, with some variables of its own; the last one of `hosts` from then on. */
  addHost: AddHost;
  /** For the header `x-functions-key`. */
  functionsKey: string;
  trust: Trust;
  /** In the order of the options: stand-ins, then real ones. */
  sites: ClusterSite[];
  /** A cluster that a stand-in serves. */
  cluster(name: string): KubernetesStandIn;
  /** The outcomes that all hosts have logged so far. */
  lines(): LogLine[];
  /** The outcomes of one event, once there are that many: what a host has written takes a moment to get here. */
  outcomes(eventId: string, count?: number): Promise<LogLine[]>;
  stop(): Promise<void>;
}

async function startTrust(): Promise<Trust> {
  const authority = await createAuthority();
  return { authority, tokens: await startTokens(authority), audience: AUDIENCE };
}

/** Only the app's managed identity may do anything; what it may do is not limited further. */
function startCluster({ authority, tokens }: Trust, name: string): Promise<KubernetesStandIn> {
  return startKubernetes({
    authority,
    name,
    authenticate: async (token) => (await tokens.verify(token, [AUDIENCE]))?.oid,
    authorize: (user) => user === tokens.objectId,
  });
}

async function startClusters(trust: Trust, names: readonly string[]) {
  const standIns = await Promise.all(names.map((name) => startCluster(trust, name)));
  const byName = new Map(names.map((name, index) => [name, standIns[index]]));
  return (name: string): KubernetesStandIn => {
    const found = byName.get(name);
    if (!found) throw new Error(`no stand-in serves a cluster ${name}`);
    return found;
  };
}

/** The vaults as somebody sees them who may read them all. */
function openVaults(
  { authority, tokens }: Trust,
  vault: KeyVaultStandIn,
  names: readonly string[],
): Ports['vault'] {
  const getToken = async () => ({
    token: await tokens.issue(VAULT_RESOURCE),
    expiresOnTimestamp: Date.now() + 3_600_000,
  });
  const vaults = new Map(names.map((name) => [name, vault.url(name)]));
  return createKeyVault({ vaults, credential: { getToken }, ca: authority.caPem });
}

async function startStorage(): Promise<LocalStorage> {
  const storage = await startAzurite();
  await Promise.all([createTables(storage), createQueues(storage)]);
  return storage;
}

/** Starts everything on free ports. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { vaults = ['team'], clusters = [] } = options;
  const trust = await startTrust();
  const [storage, vault, cluster, real] = await Promise.all([
    startStorage(),
    startKeyVault({ ...trust, vaults }),
    startClusters(trust, clusters),
    options.realClusters?.(trust) ?? [],
  ]);
  const functionsKey = randomUUID();
  const standIns = clusters.map((name) => ({ name, url: cluster(name).url, caPem: trust.authority.caPem }));
  const sites = [...standIns, ...real];
  const app = { ...options, vaults, trust, sites, storage, vault, functionsKey };
  const { hosts, add: addHost, stop: stopHosts } = await startHosts(app);
  const lines = (): LogLine[] => hosts.flatMap((host) => outcomesIn(host.lines));
  const outcomes: Stack['outcomes'] = (eventId, count = 1) =>
    eventually(() => {
      const found = lines().filter((line) => line.eventId === eventId);
      return found.length >= count ? found : undefined;
    });
  const openVault = async (): Promise<Ports['vault']> => openVaults(trust, vault, vaults);
  return {
    ...createDeliveries(vault, hosts),
    ...createPerson(storage, undefined, openVault),
    vault,
    openVault,
    storage,
    hosts,
    addHost,
    functionsKey,
    trust,
    sites,
    cluster,
    lines,
    outcomes,
    stop: async () => {
      await stopHosts();
      await Promise.all([...clusters.map((name) => cluster(name).stop()), vault.stop(), storage.stop()]);
      await trust.tokens.stop();
    },
  };
}
