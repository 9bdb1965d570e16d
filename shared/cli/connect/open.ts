import type { TokenCredential } from '@azure/identity';
import type { StorageSetting } from '../../config/storage.ts';
import type { Context } from '../command.ts';

/** A person waits, and may stand far away. */
const TIMEOUT_MS = 30_000;

/** Loaded when something is opened, as are the SDKs: help and completion must not wait for them. */
const settings = () => import('./settings.ts');

/** Each is opened only when a command needs it. */
export const CONNECTIONS: Omit<Context, 'io' | 'finish'> = {
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
