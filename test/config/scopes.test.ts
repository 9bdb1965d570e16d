import { describe, expect, it } from 'vitest';
import { clusterRefusal } from '../../shared/config/clusters.ts';
import { aCluster } from '../support/documents.ts';
import { config, leftOut } from '../support/environment.ts';

const APP = '66666666-7777-8888-9999-000000000000';
const SCOPE = `api://${APP}/.default`;

const refusal = (CLUSTER_SCOPES: string, server: string, scope = SCOPE): string | undefined =>
  clusterRefusal(
    config({ CLUSTER_HOSTS: '*.example.com', CLUSTER_SCOPES }).clusters,
    aCluster('weu-1', { server, credential: { entra: { scope } } }),
  );

const NOT_THERE = 'CLUSTER_SCOPES does not let tokens of its scope go to its server and port';

describe('CLUSTER_SCOPES', () => {
  it.each([
    [`${SCOPE}@weu-1.example.com`, 'https://weu-1.example.com'],
    [`${SCOPE}@weu-1.example.com`, 'https://weu-1.example.com:443/k8s/clusters/c-1'],
    [`${SCOPE}@*.prod.example.com`, 'https://weu-1.prod.example.com'],
    [`${SCOPE}@WEU-1.example.com:6443`, 'https://weu-1.example.com:6443'],
    [`API://${APP}/.default@weu-1.example.com`, 'https://weu-1.example.com'],
    [`${SCOPE}@a.example.com, ${SCOPE} @ b.example.com`, 'https://b.example.com'],
  ])('%s lets tokens go to %s', (CLUSTER_SCOPES, server) => {
    expect(refusal(CLUSTER_SCOPES, server)).toBeUndefined();
  });

  it('keeps the scope of one environment from the servers of another', () => {
    const prod = 'api://99999999-7777-8888-9999-000000000000/.default';
    const CLUSTER_SCOPES = `${prod}@*.prod.example.com:6443,${SCOPE}@*.dev.example.com:6443`;
    expect(refusal(CLUSTER_SCOPES, 'https://weu-1.prod.example.com:6443', prod)).toBeUndefined();
    expect(refusal(CLUSTER_SCOPES, 'https://weu-1.dev.example.com:6443', prod)).toBe(NOT_THERE);
    expect(refusal(CLUSTER_SCOPES, 'https://weu-1.prod.example.com:6443')).toBe(NOT_THERE);
  });

  it.each([
    [`${SCOPE}@weu-1.example.com`, 'https://weu-1.example.com:30443'],
    [`${SCOPE}@*.prod.example.com`, 'https://weu-1.prod.example.com:6443'],
    [`${SCOPE}@weu-1.example.com:6443`, 'https://weu-1.example.com'],
    [`${SCOPE}@*.prod.example.com`, 'https://prod.example.com'],
    [`${SCOPE}@weu-1.example.com`, 'https://weu-1.example.com.'],
  ])('%s lets none go to %s', (CLUSTER_SCOPES, server) => {
    expect(refusal(CLUSTER_SCOPES, server)).toMatch(/CLUSTER_SCOPES does not let|CLUSTER_HOSTS/);
  });

  it('lets no token go that it does not list', () => {
    expect(refusal('', 'https://weu-1.example.com')).toBe('its scope is not listed in CLUSTER_SCOPES');
  });

  it('leaves out a scope of an earlier release, which says no server, and says what to write', () => {
    const CLUSTER_SCOPES = `${SCOPE},${SCOPE}@weu-1.example.com`;
    expect(leftOut({ CLUSTER_SCOPES })).toEqual([
      `CLUSTER_SCOPES entry "${SCOPE}" must say which servers it is for: SCOPE@HOST, SCOPE@HOST:PORT or SCOPE@*.DOMAIN:PORT, port 443 unless said`,
    ]);
    expect(refusal(CLUSTER_SCOPES, 'https://weu-1.example.com')).toBeUndefined();
    expect(refusal(CLUSTER_SCOPES, 'https://weu-2.example.com')).toBe(NOT_THERE);
  });

  it('tells the clusters of such a scope, and no others, what to write', () => {
    const other = 'api://99999999-7777-8888-9999-000000000000/.default';
    const CLUSTER_SCOPES = `${SCOPE},${other}@weu-2.example.com`;
    expect(refusal(CLUSTER_SCOPES, 'https://weu-1.example.com')).toBe(
      'the entry of CLUSTER_SCOPES for its scope must say which servers it is for: SCOPE@HOST, SCOPE@HOST:PORT or SCOPE@*.DOMAIN:PORT, port 443 unless said',
    );
    expect(refusal(CLUSTER_SCOPES, 'https://weu-2.example.com', other)).toBeUndefined();
  });

  it('tells the clusters of a scope that is no application of a tenant what it must be', () => {
    const scope = 'https://database.windows.net/.default';
    expect(refusal(`${scope}@weu-1.example.com`, 'https://weu-1.example.com', scope)).toMatch(
      /^the entry of CLUSTER_SCOPES for its scope must be an application of your own/,
    );
  });

  it.each([
    '*',
    '*.nip.io',
    '*.hcp.westeurope.azmk8s.io',
    'https://weu-1.example.com',
    'weu-1.example.com/x',
    '',
  ])('leaves out a scope for servers that are no host pattern: %j', (servers) => {
    expect(leftOut({ CLUSTER_SCOPES: `${SCOPE}@${servers}` })).toEqual([
      expect.stringContaining(`CLUSTER_SCOPES entry "${SCOPE}" has a host pattern that `),
    ]);
  });

  it.each([
    `api://${APP}`,
    `api://${APP}/weu`,
    `api://11111111-7777-8888-9999-000000000000/${APP}`,
    'api://contoso.onmicrosoft.com/k8s',
    'https://contoso.onmicrosoft.com/k8s',
    'https://contoso.partner.onmschina.cn/k8s',
  ])('takes the scope of an application of a tenant, %s', (resource) => {
    const CLUSTER_SCOPES = ` ${resource}/.default@weu-1.example.com ,`;
    expect(leftOut({ CLUSTER_SCOPES })).toEqual([]);
    expect(refusal(CLUSTER_SCOPES, 'https://weu-1.example.com', `${resource}/.default`)).toBeUndefined();
  });

  it.each([
    ['Key Vault', 'https://vault.azure.net'],
    ['Key Vault', 'https://VAULT.azure.net/'],
    ['Key Vault', 'https://team.vault.azure.net'],
    ['Key Vault', 'https://vault.azure.net:443'],
    ['Key Vault', 'https://vault.azure.net.'],
    ['Key Vault', 'api://vault.azure.net'],
    ['Key Vault', 'https://vault%2eazure.net'],
    ['Key Vault', 'https://vault.azure.net\\.example.com'],
    ['Key Vault', 'https://vault。azure。net'],
    ['Managed HSM', 'https://managedhsm.azure.net'],
    ['Key Vault, by id', 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093'],
    ['Key Vault, by id', 'api://7E7C393B-45D0-48B1-A35E-2905DDF8183C'],
    ['Azure Resource Manager', 'https://management.azure.com'],
    ['Azure Resource Manager', 'https://management.core.windows.net/'],
    ['Azure Resource Manager', 'https://management.usgovcloudapi.net'],
    ['Azure Resource Manager, by id', 'api://797f4846-ba00-4fd7-ba43-dac1f8f63013'],
    ['Microsoft Graph', 'https://graph.microsoft.com'],
    ['Microsoft Graph', 'https://microsoftgraph.chinacloudapi.cn'],
    ['Microsoft Graph, by id', 'api://x/00000003-0000-0000-c000-000000000000'],
    ['Azure Storage', 'https://account.blob.core.windows.net'],
    ['Azure Storage, by id', 'e406a681-f3d4-42a8-90b6-c2b029497af1'],
    ['the AKS server application', '6dae42f8-4368-4678-94ff-3960e28e3630'],
    ['the AKS server application', 'api://6dae42f8-4368-4678-94ff-3960e28e3630'],
    ['workload identity federation', 'api://AzureADTokenExchange'],
    ['workload identity federation', 'api://azureadtokenexchange'],
    ['workload identity federation', 'api://AzureADTokenExchangeUSGov'],
    ['Azure SQL', 'https://database.windows.net'],
    ['Azure Monitor', 'https://monitor.azure.com'],
    ['Azure DevOps', '499b84ac-1321-427f-aa17-267ca6975798'],
    ['Azure DevOps', 'https://app.vssps.visualstudio.com'],
    ['Event Hubs', 'https://eventhubs.azure.net'],
    ['a container registry', 'https://containerregistry.azure.net'],
    ['a service of tomorrow', 'https://new.service.azure.com/things'],
    ['a plain id', APP],
    ['nothing', ''],
    ['plain http', 'http://contoso.onmicrosoft.com/k8s'],
    ['a look-alike', 'https://contoso.onmicrosoft.com.evil.example/k8s'],
    ['a query', `api://${APP}?x=`],
    ['a blank', `api://${APP} x`],
  ])('leaves out a scope that is by its form no application of a tenant: of %s', (_, resource) => {
    expect(leftOut({ CLUSTER_SCOPES: `${resource}/.default@weu-1.example.com` })).toEqual([
      expect.stringMatching(/must be an application of your own|its tokens are for/),
    ]);
  });

  it.each([`api://${APP}`, 'User.Read', `api://${APP}/user_impersonation`])(
    'leaves out %s, which does not end in /.default',
    (scope) => {
      expect(leftOut({ CLUSTER_SCOPES: `${scope}@weu-1.example.com` })).toHaveLength(1);
    },
  );
});
