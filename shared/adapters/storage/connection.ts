import type { TokenCredential } from '@azure/identity';

/** How to reach tables or queues: an emulator's connection string, or a service's URI with an Entra identity. */
export type StorageConnection =
  | { connectionString: string }
  | { serviceUri: string; credential: TokenCredential };

/** The emulator speaks plain HTTP; a connection string that says so is the only thing that may lift the SDK's refusal. */
export function isInsecure(connectionString: string): boolean {
  return /(?:Endpoint=http:|DefaultEndpointsProtocol=http;|UseDevelopmentStorage=true)/i.test(
    connectionString,
  );
}
