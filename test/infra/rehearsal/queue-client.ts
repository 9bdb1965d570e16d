import { ManagedIdentityCredential } from '@azure/identity';
import { QueueClient as Client, type StoragePipelineOptions } from '@azure/storage-queue';

/** Stand where the local host looks for a connection string, so that it goes on; neither is a setting of the app. */
export const PLACEHOLDERS = { Storage: 'by identity', AzureWebJobsAzureWebJobsStorage: 'by identity' };

/**
 * In the place of the SDK's class for the local host, which knows connection strings only: the queue at the address and
 * with the identity of the app settings, as the Functions host takes it.
 */
export function QueueClient(_: string, name: string, options: StoragePipelineOptions): Client {
  const setting = (part: string): string => process.env[`AzureWebJobsStorage__${part}`] ?? '';
  const credential = new ManagedIdentityCredential({ clientId: setting('clientId') });
  return new Client(`${setting('queueServiceUri')}/${name}`, credential, options);
}
