/** How to reach the registry tables. An identity, where one is needed, comes from the caller. */
type TableConnection = { connectionString: string } | { tableServiceUri: string; clientId?: string };

type Env = Readonly<Record<string, string | undefined>>;

/** Why a text is not a table service URI, or undefined. A query would be a SAS token: a secret in a setting. */
export function uriProblem(uri: string): string | undefined {
  if (!URL.canParse(uri)) return 'must be a URL such as https://ACCOUNT.table.core.windows.net';
  const url = new URL(uri);
  if (url.protocol !== 'https:') return 'must start with https://';
  const extras = [url.username, url.password, url.search, url.hash];
  return extras.some((part) => part !== '') ? 'must have no user, query or fragment' : undefined;
}

/** Whether the SDK will take it: an account with its key, an endpoint with a SAS, or the emulator's short form. */
export function isConnectionString(text: string): boolean {
  const has = (part: string): boolean => new RegExp(`(?:^|;)\\s*${part}=[^;]`, 'i').test(text);
  const keyed = has('DefaultEndpointsProtocol') && has('AccountName') && has('AccountKey');
  return keyed || (has('TableEndpoint') && has('SharedAccessSignature')) || has('UseDevelopmentStorage');
}

function identityConnection(env: Env, name: string): TableConnection | { problems: string[] } {
  const uriName = `${name}__tableServiceUri`;
  const uri = env[uriName]?.trim() ?? '';
  const problem = uriProblem(uri);
  const credential = env[`${name}__credential`] ?? 'managedidentity';
  const problems = [
    ...(problem === undefined ? [] : [`${uriName} ${problem}`]),
    ...(credential === 'managedidentity' ? [] : [`${name}__credential must be managedidentity or unset`]),
  ];
  if (problems.length > 0) return { problems };
  const clientId = env[`${name}__clientId`];
  return { tableServiceUri: uri, ...(clientId === undefined || clientId === '' ? {} : { clientId }) };
}

/**
 * Reads a connection in the convention of Azure Functions: either NAME, a connection string, or NAME__tableServiceUri
 * with an identity (NAME__credential, NAME__clientId).
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
 */
export function tableConnection(env: Env, name: string): TableConnection | { problems: string[] } {
  const text = env[name]?.trim() ?? '';
  const uri = env[`${name}__tableServiceUri`] ?? '';
  if (text !== '' && uri !== '')
    return { problems: [`${name} and ${name}__tableServiceUri must not both be set`] };
  if (uri !== '') return identityConnection(env, name);
  if (text === '') return { problems: [`${name}__tableServiceUri (or ${name}) must be set`] };
  return isConnectionString(text)
    ? { connectionString: text }
    : { problems: [`${name} must be a storage connection string; for a URL set ${name}__tableServiceUri`] };
}
