import { isConnectionString, tableConnection, uriProblem } from '../registry/connection.ts';

type Env = NodeJS.ProcessEnv;

/** Where tables or queues are. Without a connection string the identity of `clientId`, or the app's only one, is used. */
export type StorageSetting = { connectionString: string } | { serviceUri: string; clientId?: string };

type Read = StorageSetting | { problems: string[] };

const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)/i;

/** Plain HTTP is for the emulator on this machine: anywhere else the account's key would cross a network in the clear. */
function isExposed(connectionString: string): boolean {
  const parts = connectionString.split(';').map((part) => part.trim());
  const plain = parts.flatMap((part) => /^\w+Endpoint=(http:.*)$/i.exec(part)?.[1] ?? []);
  const isPlain = parts.some((part) => /^DefaultEndpointsProtocol=http$/i.test(part));
  return plain.some((uri) => !LOOPBACK.test(uri)) || (isPlain && plain.length === 0);
}

function guarded(name: string, read: Read): Read {
  if (!('connectionString' in read) || !isExposed(read.connectionString)) return read;
  return { problems: [`${name} must use https; http is for an emulator on this machine`] };
}

export function readTables(env: Env, name: string): Read {
  const read = tableConnection(env, name);
  if (!('tableServiceUri' in read)) return guarded(name, read);
  const { tableServiceUri: serviceUri, ...identity } = read;
  return { serviceUri, ...identity };
}

const URI_EXAMPLE = 'https://ACCOUNT.queue.core.windows.net';

function queueUri(env: Env, name: string): Read {
  const [uri, account] = ['queueServiceUri', 'accountName'].map(
    (part) => env[`${name}__${part}`]?.trim() ?? '',
  );
  if (!uri && !account) return { problems: [`${name}__queueServiceUri (or ${name}) must be set`] };
  if (uri && uriProblem(uri) !== undefined)
    return { problems: [`${name}__queueServiceUri must be a URL such as ${URI_EXAMPLE}, without a query`] };
  if (!uri && !/^[a-z0-9]{3,24}$/.test(account ?? ''))
    return { problems: [`${name}__accountName must be a storage account's name: 3 to 24 of a-z and 0-9`] };
  return { serviceUri: uri || `https://${account}.queue.core.windows.net` };
}

function queueIdentity(env: Env, name: string): Read {
  const read = queueUri(env, name);
  const credential = env[`${name}__credential`] ?? 'managedidentity';
  const problems =
    credential === 'managedidentity' ? [] : [`${name}__credential must be managedidentity or unset`];
  if (!('serviceUri' in read))
    return 'problems' in read ? { problems: [...read.problems, ...problems] } : read;
  if (problems.length > 0) return { problems };
  const clientId = env[`${name}__clientId`];
  return clientId ? { ...read, clientId } : read;
}

/**
 * Whether NAME is a connection string with an empty key beside the identity settings, where Terraform's provider puts one: it
 * says nothing. https://github.com/hashicorp/terraform-provider-azurerm/issues/29910
 */
function isIdle(env: Env, name: string): boolean {
  const hasNoKey = /(?:^|;)\s*AccountKey=\s*(?:;|$)/i.test(env[name] ?? '');
  return hasNoKey && hasIdentity(env, name);
}

function hasIdentity(env: Env, name: string): boolean {
  return Boolean(env[`${name}__queueServiceUri`] || env[`${name}__accountName`]);
}

export function storageNotes(env: Env, name: string): string[] {
  if (!isIdle(env, name)) return [];
  return [`${name} has an empty key beside ${name}__… and is ignored: take it out of the app`];
}

/**
 * The queues of the functions host, in its own convention: NAME, a connection string, or NAME__queueServiceUri or
 * NAME__accountName (public cloud) with an identity.
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
 */
export function readQueues(env: Env, name: string): Read {
  const text = env[name]?.trim() ?? '';
  if (text === '' || isIdle(env, name)) return queueIdentity(env, name);
  if (hasIdentity(env, name))
    return { problems: [`${name} and ${name}__queueServiceUri or __accountName must not both be set`] };
  if (!isConnectionString(text.replace(/QueueEndpoint/i, 'TableEndpoint')))
    return {
      problems: [`${name} must be a storage connection string; for a URL set ${name}__queueServiceUri`],
    };
  return guarded(name, { connectionString: text });
}
