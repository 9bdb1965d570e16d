import { covers, parsePattern } from './hosts.ts';
import { entriesOf, type Parsed, parseEntries } from './parse.ts';

/** A scope in lower case, for Entra ignores case, and so does whoever compares. */
interface ListedScope {
  scope: string;
}

/** A scope, and the servers that its tokens may go to. */
interface BoundScope extends ListedScope {
  covers: (server: string) => boolean;
}

/** A scope whose entry is not legal, or no longer: no token goes anywhere, and its clusters are told what to write. */
interface RefusedScope extends ListedScope {
  problem: string;
}

interface AllowedScopes {
  bound: readonly BoundScope[];
  refused: readonly RefusedScope[];
}

/**
 * `SCOPE@HOST`, `SCOPE@HOST:PORT`, `SCOPE@*.DOMAIN:PORT`, port 443 unless said. A token opens every API server that takes
 * its audience: only configuration says which servers may see it, never the document of a cluster.
 */
export function parseScopes(text: string): Parsed<AllowedScopes> {
  const { value: bound, problems } = parseEntries(text, parseScope, shown);
  const refused = entriesOf(text).flatMap((entry) => {
    const read = parseScope(entry);
    return 'problem' in read ? [{ scope: scopeOf(entry).toLowerCase(), problem: read.problem }] : [];
  });
  return { value: { bound, refused }, problems };
}

/** What stands before the last `@`. */
function scopeOf(entry: string): string {
  const at = entry.lastIndexOf('@');
  return at < 0 ? entry : entry.slice(0, at).trim();
}

const UNBOUND =
  'must say which servers it is for: SCOPE@HOST, SCOPE@HOST:PORT or SCOPE@*.DOMAIN:PORT, port 443 unless said';

function parseScope(entry: string): BoundScope | { problem: string } {
  const at = entry.lastIndexOf('@');
  const scope = scopeOf(entry);
  const problem = scopeProblem(scope);
  if (problem !== undefined) return { problem };
  if (at < 0) return { problem: UNBOUND };
  const pattern = parsePattern(entry.slice(at + 1).trim());
  if ('problem' in pattern) return { problem: `has a host pattern that ${pattern.problem}` };
  const servers = { ...pattern, port: pattern.port ?? '443' };
  return { scope: scope.toLowerCase(), covers: (server) => covers(servers, server) };
}

/** What stands before the `@` of an entry, if it is plain enough to be no credential. */
function shown(entry: string): string {
  const [scope = ''] = entry.split('@');
  return /^(?:[a-z]+:\/\/)?[\w.~/-]+$/i.test(scope) ? scope : '@';
}

const DEFAULT_SCOPE = '/.default';

const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TENANT = String.raw`[a-z0-9-]+\.(?:onmicrosoft\.com|onmicrosoft\.us|partner\.onmschina\.cn)`;

/**
 * Identifier URIs that only applications of a tenant can have: with an id of the tenant or of the application in them, or
 * below the tenant's own first domain. Microsoft's services have none of these forms: they are plain ids
 * (`499b84ac-…`, Azure DevOps), domains (`https://database.windows.net`) and names (`api://AzureADTokenExchange`).
 * https://learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions
 */
const SHAPES = [
  new RegExp(`^api://${GUID}(?:/[\\w.~-]+)*$`, 'i'),
  new RegExp(`^api://[\\w.~-]+/${GUID}$`, 'i'),
  new RegExp(`^(?:api|https)://${TENANT}(?:/[\\w.~-]+)+$`, 'i'),
];

/**
 * The ids of services that hold what vaultcast can reach, and of AKS, whose tokens are for clusters given by `aks` only.
 * - https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
 * - https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure (Key Vault there)
 * - https://azure.github.io/kubelogin/concepts/aks.html
 */
const SERVICE_IDS: Readonly<Record<string, string>> = {
  'cfa8b339-82a2-471a-a3c9-0fc0be7a4093': 'Key Vault',
  '7e7c393b-45d0-48b1-a35e-2905ddf8183c': 'Key Vault',
  '589d5083-6f11-4d30-a62a-a4b316a14abf': 'Key Vault (Managed HSM)',
  '797f4846-ba00-4fd7-ba43-dac1f8f63013': 'Azure Resource Manager',
  '40a69793-8fe6-4db1-9591-dbc5c57b17d8': 'Azure Resource Manager',
  '00000003-0000-0000-c000-000000000000': 'Microsoft Graph',
  '00000002-0000-0000-c000-000000000000': 'Microsoft Graph (Azure AD Graph)',
  'e406a681-f3d4-42a8-90b6-c2b029497af1': 'Azure Storage',
  '6dae42f8-4368-4678-94ff-3960e28e3630': 'the AKS server application',
};

function scopeProblem(scope: string): string | undefined {
  const resource = scope.endsWith(DEFAULT_SCOPE) ? scope.slice(0, -DEFAULT_SCOPE.length) : '';
  if (!SHAPES.some((shape) => shape.test(resource)))
    return 'must be an application of your own with /.default: api://APPLICATION-ID/.default; give the application that identifier URI';
  const [, service] = Object.entries(SERVICE_IDS).find(([id]) => resource.toLowerCase().includes(id)) ?? [];
  return service === undefined ? undefined : `is refused: its tokens are for ${service}`;
}

/** Why tokens of a scope do not go to a server, or undefined when they may. */
export function scopeRefusal(
  { bound, refused }: AllowedScopes,
  scope: string,
  server: string,
): string | undefined {
  const isIt = (one: ListedScope): boolean => one.scope === scope.toLowerCase();
  const ours = bound.filter(isIt);
  if (ours.some((one) => one.covers(server))) return undefined;
  if (ours.length > 0) return 'CLUSTER_SCOPES does not let tokens of its scope go to its server and port';
  const wrong = refused.find(isIt);
  if (wrong === undefined) return 'its scope is not listed in CLUSTER_SCOPES';
  return `the entry of CLUSTER_SCOPES for its scope ${wrong.problem}`;
}
