import { AsyncLocalStorage } from 'node:async_hooks';
import { ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import { armEndpoint, createAksLookUp } from './adapters/aks/look-up.ts';
import { createAksConnect } from './adapters/aks/connect.ts';
import { systemClock } from './adapters/clock.ts';
import { createOwnersDoor } from './adapters/identity/owners.ts';
import { createTokenSource } from './adapters/identity/tokens.ts';
import { createEndpoints } from './adapters/storage/status/endpoints.ts';
import { createKeyVault } from './adapters/key-vault/vault.ts';
import { type Connect, createConnect, createEntraConnect } from './adapters/kubernetes/connection.ts';
import { createKubernetes } from './adapters/kubernetes/api.ts';
import { createLog } from './adapters/log.ts';
import { createQueue } from './adapters/storage/queue.ts';
import { createRegistry } from './adapters/storage/registry/registry.ts';
import { ruledRegistry, unheededDocuments } from './adapters/storage/registry/ruled.ts';
import { createReadiness } from './adapters/storage/readiness.ts';
import { createStatus } from './adapters/storage/status/status.ts';
import type { StorageOptions } from './adapters/storage/connection.ts';
import { startLine } from './adapters/start-line.ts';
import { createStoredConnect } from './adapters/identity/stored/connect.ts';
import { CREDENTIAL_VAULT } from './adapters/identity/stored/store.ts';
import { clusterRefusal } from './config/clusters.ts';
import { scheduleWarnings } from './config/schedule.ts';
import type { StorageSetting } from './config/storage.ts';
import { type Config, readConfig, reconcileSchedule, sentencesOf } from './config/config.ts';
import { createProcess } from './deliver/process.ts';
import { sharedReads } from './deliver/shared-reads.ts';
import { failureOf, VaultcastError } from './errors.ts';
import type { Ports, Settings } from './ports.ts';
import { type Problem, settingProblem } from './status/problem.ts';
import { NEVER } from './time.ts';

/** The whole app, wired once per process. The only place that reads the environment and knows the adapters. */
type App = ReturnType<typeof createApp>;

let instance: App | undefined;

/** The process's app; made on first use, so that importing a function does nothing. Throws with every configuration problem. */
function theApp(): App {
  instance ??= createApp(process.env);
  return instance;
}

function createApp(env: Readonly<Record<string, string | undefined>>) {
  const read = readConfig(env);
  if ('problems' in read) throw new VaultcastError('SETTINGS_REFUSED', read.problems.join('; '));
  const { config, leftOut, notes } = read;
  const registry = createRegistry(tablesOf(config));
  const ports = createPorts(config, ruledRegistry(registry, config));
  const settings: Settings = {
    vaults: config.vaults,
    instance: config.instance,
    process: createProcess(ports, config.pushConcurrency),
    eventBudgetMs: config.eventBudgetMs,
  };
  ports.log.line({ code: 'APP_STARTED', message: startLine() });
  for (const message of sentencesOf(leftOut)) ports.log.line({ code: 'BAD_SETTING', message });
  for (const message of [...notes, ...scheduleWarnings(config.reconcileSchedule)])
    ports.log.line({ code: 'SETTING_WARNING', message });
  const ofSettings = [...leftOut].map(([about, wrong]) => ({ about, message: wrong.join('; ') }));
  const unheeded = async (): Promise<Problem[]> => {
    const ofDocuments = await unheededDocuments(registry, config, NEVER);
    return [...ofSettings, ...ofDocuments].map(({ about, message }) => settingProblem(about, message));
  };
  return {
    ports,
    settings,
    config,
    /** What settings and documents ask for and the app does not do. */
    unheeded,
    /** Which of its queues and tables the app can read. */
    readiness: createReadiness(tablesOf(config), queuesOf(config)),
    /** Why whoever the platform says is calling may not ask as the owner of a secret; undefined lets them in. */
    ownerRefusal: createOwnersDoor(config),
  };
}

/** As log.ts has it. */
type Sink = Pick<Console, 'info' | 'warn' | 'error'>;
const invocations = new AsyncLocalStorage<Sink>();

/**
 * Runs one invocation: its log lines go to its own context, which gives them their severity and its id. What fails is told
 * as an outcome and leaves as an error of our own: the host sends what a handler throws to telemetry, stack and causes
 * included, twice.
 */
export function inInvocation<T>(context: Sink, work: (app: App) => Promise<T>): Promise<T> {
  return invocations.run(context, async () => {
    try {
      return await work(theApp());
    } catch (error) {
      createLog(currentSink, systemClock).failure(error);
      const { code, message } = failureOf(error);
      throw new Error(`${code}: ${message}`);
    }
  });
}

/** Whether the settings let the app do anything. */
export function isConfigured(): boolean {
  try {
    theApp();
    return true;
  } catch {
    return false;
  }
}

const currentSink: Sink = {
  info: (line: string) => (invocations.getStore() ?? console).info(line),
  warn: (line: string) => (invocations.getStore() ?? console).warn(line),
  error: (line: string) => (invocations.getStore() ?? console).error(line),
};

/** Of each request to tables and queues; they answer in milliseconds, or something is wrong. */
const STORAGE_TIMEOUT_MS = 5000;

function tablesOf({ registry, clientId }: Config): StorageOptions {
  return { connection: storageOf(registry, clientId), timeoutMs: STORAGE_TIMEOUT_MS };
}

/** Who waits for it is told why. */
function tellOfSlowListing(log: Ports['log'], vault: string, secrets: number, durationMs: number): void {
  const message = `listing vault ${vault} (${secrets} secrets) took ${Math.round(durationMs / 1000)} s`;
  log.line({ code: 'VAULT_SLOW', message, vault, durationMs });
}

function queuesOf({ queues, clientId }: Config): StorageOptions {
  return { connection: storageOf(queues, clientId), timeoutMs: STORAGE_TIMEOUT_MS };
}

function createPorts(config: Config, registry: Ports['registry']): Ports {
  const log = createLog(currentSink, systemClock);
  const credential = credentialOf(config.clientId);
  const tables = tablesOf(config);
  return {
    vault: sharedReads(
      createKeyVault({
        vaults: config.vaults,
        credential,
        slow: ({ vault, secrets, durationMs }) => tellOfSlowListing(log, vault, secrets, durationMs),
      }),
    ),
    registry,
    kubernetes: createKubernetes({
      connect: waysToClusters(config, credential, tables),
      allowed: (cluster) => clusterRefusal(config.clusters, cluster),
      instance: config.instance,
    }),
    queue: createQueue(queuesOf(config)),
    status: createStatus(tables),
    log,
    clock: systemClock,
  };
}

/** Stored credentials are read by an adapter of their own: it knows no other vault, and no other one knows theirs. */
function waysToClusters(config: Config, credential: TokenCredential, tables: StorageOptions): Connect {
  const { vaults, credentialVault, arm, clusters: allowed } = config;
  const tokens = createTokenSource(credential);
  const lookUp = createAksLookUp({ credential, ...(arm ?? { endpoint: armEndpoint(vaults.values()) }) });
  const stored = credentialVault === undefined ? undefined : new Map([[CREDENTIAL_VAULT, credentialVault]]);
  return createConnect({
    aks: createAksConnect({ tokens, lookUp, endpoints: createEndpoints(tables), allowed }),
    entra: createEntraConnect(tokens),
    ...createStoredConnect(stored && createKeyVault({ vaults: stored, credential })),
  });
}

/** A user-assigned identity is named by its client id; without one the app's only identity is used. */
function credentialOf(clientId: string | undefined): TokenCredential {
  return clientId === undefined
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId });
}

function storageOf(setting: StorageSetting, clientId: string | undefined) {
  if ('connectionString' in setting) return setting;
  return { serviceUri: setting.serviceUri, credential: credentialOf(setting.clientId ?? clientId) };
}

/** When the reconcile timer fires. As text and not as a setting's name: the host knows no default for a missing one. */
export function theSchedule(): string {
  return reconcileSchedule(process.env);
}
