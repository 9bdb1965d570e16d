import type { TokenCredential } from '@azure/identity';
import type { StorageConnection } from '../../adapters/storage/connection.ts';
import type { StorageSetting } from '../../config/storage.ts';

/** The person's own sign-in: az login, azd, PowerShell, or what a pipeline provides. The SDK is loaded here, not before. */
export async function signIn(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}

/** Settings may name the identity of the app (clientId); a person has one of their own. */
export async function asPerson(setting: StorageSetting): Promise<StorageConnection> {
  if ('connectionString' in setting) return setting;
  return { serviceUri: setting.serviceUri, credential: await signIn() };
}
