import type { TokenCredential } from '@azure/identity';
import type { createEndpoints } from '../../adapters/storage/status/endpoints.ts';
import type { StorageSetting } from '../../config/storage.ts';
import type { KeyVault, Queue, Status } from '../../ports.ts';
import type { RegistryAdmin } from '../../registry/admin.ts';
import type { Io } from '../terminal/io.ts';
import type { Arm } from './arm.ts';
import type { QueueOptions, RegistryOptions, VaultOptions } from './flags.ts';

/** How a command opens what lies outside, each only when it needs it; tests bring their own. */
export interface Connections {
  openRegistry: (options: RegistryOptions, io: Io) => Promise<RegistryAdmin>;
  /** What commands read of the status tables; only the app writes them. */
  openStatus: (
    options: RegistryOptions,
    io: Io,
  ) => Promise<Pick<Status, 'target' | 'targets' | 'runs' | 'backOffs'>>;
  /** Where the app found AKS clusters to be. */
  openEndpoints: (
    options: RegistryOptions,
    io: Io,
  ) => Promise<Pick<ReturnType<typeof createEndpoints>, 'read'>>;
  /** Commands ask the app for work; the queue `push` is the app's own. */
  openQueue: (options: QueueOptions, io: Io) => Promise<Pick<Queue, 'reconcile'>>;
  /** The vaults with the person's own rights: what they may not see, no command shows them. */
  openVault: (options: VaultOptions, io: Io) => Promise<KeyVault>;
  /** Azure Resource Manager at this origin, with the person's own rights. */
  openArm: (origin: string, io: Io) => Promise<Arm>;
  /** Between two looks at a run, milliseconds. */
  pollMs: number;
}

/** A person waits, and may stand far away. */
const TIMEOUT_MS = 30_000;

/** Loaded when something is opened, as are the SDKs: help and completion must not wait for them. */
const settings = () => import('./settings.ts');

export const CONNECTIONS: Connections = {
  async openRegistry(options, { env }) {
    const connection = await asPerson((await settings()).registrySetting(options, env));
    const { createRegistryAdmin } = await import('../../adapters/storage/registry/admin.ts');
    return createRegistryAdmin({ connection });
  },
  async openStatus(options, { env }) {
    const connection = await asPerson((await settings()).registrySetting(options, env));
    const { createStatus } = await import('../../adapters/storage/status/status.ts');
    return createStatus({ connection, timeoutMs: TIMEOUT_MS });
  },
  async openEndpoints(options, { env }) {
    const connection = await asPerson((await settings()).registrySetting(options, env));
    const { createEndpoints } = await import('../../adapters/storage/status/endpoints.ts');
    return createEndpoints({ connection, timeoutMs: TIMEOUT_MS });
  },
  async openQueue(options, { env }) {
    const connection = await asPerson((await settings()).queueSetting(options, env));
    const { createQueue } = await import('../../adapters/storage/queue.ts');
    return createQueue({ connection, timeoutMs: TIMEOUT_MS });
  },
  async openVault(options, { env }) {
    const vaults = (await settings()).vaultSetting(options, env);
    const { createKeyVault } = await import('../../adapters/key-vault/vault.ts');
    return createKeyVault({ vaults, credential: await signIn(), timeoutMs: 20_000 });
  },
  async openArm(origin, { signal }) {
    const { createArm } = await import('./arm.ts');
    return createArm({ credential: await signIn(), origin, signal });
  },
  pollMs: 1500,
};

/** Settings may name the identity of the app (clientId); a person has one of their own. */
async function asPerson(setting: StorageSetting) {
  if ('connectionString' in setting) return setting;
  return { serviceUri: setting.serviceUri, credential: await signIn() };
}

/** The person's own sign-in: az login, azd, PowerShell, or what a pipeline provides. */
async function signIn(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}
