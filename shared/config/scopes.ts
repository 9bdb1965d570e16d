import type { Parsed } from './parse.ts';
import { parseEntries } from './parse.ts';

/**
 * Whose tokens no cluster may ever get: they open vaults, subscriptions, directories and storage to whoever holds them.
 * Domains of all clouds, each with everything below it.
 * - https://github.com/Azure/azure-cli, src/azure-cli-core/azure/cli/core/cloud.py (ARM, Graph, Key Vault, Storage)
 * - https://learn.microsoft.com/azure/key-vault/general/authentication (Key Vault, Managed HSM)
 * - https://learn.microsoft.com/graph/deployments (Graph)
 * - https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory (Storage)
 */
const SERVICE_DOMAINS: Readonly<Record<string, readonly string[]>> = {
  'Key Vault': [
    'vault.azure.net',
    'managedhsm.azure.net',
    'vault.azure.cn',
    'managedhsm.azure.cn',
    'vault.usgovcloudapi.net',
    'managedhsm.usgovcloudapi.net',
    'vault.microsoftazure.de',
  ],
  'Azure Resource Manager': [
    'management.azure.com',
    'management.core.windows.net',
    'management.chinacloudapi.cn',
    'management.core.chinacloudapi.cn',
    'management.usgovcloudapi.net',
    'management.core.usgovcloudapi.net',
    'management.microsoftazure.de',
    'management.core.cloudapi.de',
  ],
  'Microsoft Graph': [
    'graph.microsoft.com',
    'graph.windows.net',
    'microsoftgraph.chinacloudapi.cn',
    'graph.chinacloudapi.cn',
    'graph.microsoft.us',
    'dod-graph.microsoft.us',
    'graph.microsoft.de',
    'graph.cloudapi.de',
  ],
  'Azure Storage': [
    'storage.azure.com',
    'core.windows.net',
    'core.chinacloudapi.cn',
    'core.usgovcloudapi.net',
    'core.cloudapi.de',
  ],
};

/**
 * The same services, and the AKS server application, by application id; Azure Government has two of its own.
 * - https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
 * - https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure (Key Vault there)
 * - https://azure.github.io/kubelogin/concepts/aks.html (AKS: its tokens are only for clusters given by `aks`)
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

const DEFAULT_SCOPE = '/.default';
const APPLICATION = /^(?:api:\/\/[\w.~/-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
/** Plain characters only: nothing that one parser takes for part of the host and another does not. */
const IDENTIFIER_URI = /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[\w.~/-]*)?$/i;

function serviceAt(host: string): string | undefined {
  const within = (domain: string): boolean => host === domain || host.endsWith(`.${domain}`);
  return Object.keys(SERVICE_DOMAINS).find((service) => SERVICE_DOMAINS[service]?.some(within));
}

/** The Azure service a scope's token would be good for, or undefined. */
function serviceOf(resource: string): string | undefined {
  const lower = resource.toLowerCase();
  const [, byId] = Object.entries(SERVICE_IDS).find(([id]) => lower.includes(id)) ?? [];
  // Asked of api:// and bare names, too: Entra matches identifier URIs, not our idea of a host.
  const host = lower.replace(/^[a-z]+:\/*/, '').split(/[/:]/)[0] ?? '';
  return byId ?? serviceAt(host.replace(/\.$/, ''));
}

function parseScope(scope: string): string | { problem: string } {
  const resource = scope.endsWith(DEFAULT_SCOPE) ? scope.slice(0, -DEFAULT_SCOPE.length) : '';
  if (!APPLICATION.test(resource) && !IDENTIFIER_URI.test(resource))
    return {
      problem: 'must be an application of your own with /.default, such as api://APPLICATION-ID/.default',
    };
  const service = serviceOf(resource);
  return service === undefined ? scope : { problem: `is refused: its tokens are for ${service}` };
}

export function parseScopes(text: string): Parsed<string[]> {
  return parseEntries(text, parseScope);
}
