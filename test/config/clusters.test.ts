import { describe, expect, it } from 'vitest';
import { clusterRefusal } from '../../shared/config/clusters.ts';
import { clusterDocument } from '../../shared/registry/cluster-schema.ts';
import type { Cluster } from '../../shared/registry/document.ts';
import type { Env } from '../support/environment.ts';
import { config, problems } from '../support/environment.ts';

const SUBSCRIPTION = '/subscriptions/11111111-2222-3333-4444-555555555555';
const APP = '66666666-7777-8888-9999-000000000000';

function aCluster(spec: Record<string, unknown>): Cluster {
  const credential = { entra: { scope: `api://${APP}/.default` } };
  return clusterDocument.parse({
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Cluster',
    metadata: { name: 'weu-1' },
    spec: 'aks' in spec ? spec : { credential, ...spec },
  });
}

const refusal = (overrides: Env, spec: Record<string, unknown>): string | undefined =>
  clusterRefusal(config({ CLUSTER_SCOPES: `api://${APP}/.default`, ...overrides }).clusters, aCluster(spec));

describe('CLUSTER_HOSTS', () => {
  it.each([
    ['weu-1.example.com', 'https://weu-1.example.com'],
    ['weu-1.example.com', 'https://WEU-1.example.com:6443/k8s/clusters/c-1'],
    ['WEU-1.example.com:443', 'https://weu-1.example.com'],
    ['*.example.com:6443', 'https://weu-1.k8s.example.com:6443'],
    ['10.0.0.4:6443', 'https://10.0.0.4:6443'],
    ['[fd00::1]', 'https://[fd00:0:0::1]:6443'],
    ['other.example.com, weu-1.k8s.localhost:6443', 'https://weu-1.k8s.localhost:6443'],
  ])('%s covers %s', (CLUSTER_HOSTS, server) => {
    expect(refusal({ CLUSTER_HOSTS }, { server })).toBeUndefined();
  });

  it.each([
    ['', 'https://weu-1.example.com'],
    ['weu-1.example.com:443', 'https://weu-1.example.com:6443'],
    ['weu-1.example.com', 'https://weu-1.example.com.evil.test'],
    ['weu-1.example.com', 'https://xweu-1.example.com'],
    ['*.example.com', 'https://example.com'],
    ['*.example.com', 'https://evilexample.com'],
    ['*.example.com', 'https://.example.com'],
    ['*.example.com', 'https://example.com.evil.test/.example.com'],
    ['weu-1.example.com', 'https://weu-1.example.com.'],
    [`${SUBSCRIPTION}`, 'https://weu-1.example.com'],
  ])('%j does not cover %s', (CLUSTER_HOSTS, server) => {
    expect(refusal({ CLUSTER_HOSTS }, { server })).toBe('its server is not covered by CLUSTER_HOSTS');
  });

  const aks = `${SUBSCRIPTION}/resourceGroups/prod/providers/Microsoft.ContainerService/managedClusters/weu-1`;
  it.each([SUBSCRIPTION, `${SUBSCRIPTION}/resourcegroups/PROD/`, aks.toUpperCase()])(
    '%s covers an AKS cluster',
    (id) => {
      expect(refusal({ CLUSTER_HOSTS: id }, { aks })).toBeUndefined();
    },
  );
  it.each([`${SUBSCRIPTION}/resourceGroups/pro`, `${aks}0`, '*.hcp.westeurope.azmk8s.io'])(
    '%s does not cover it',
    (id) => {
      expect(refusal({ CLUSTER_HOSTS: id }, { aks })).toBe('its ARM id is not covered by CLUSTER_HOSTS');
    },
  );

  it.each([
    '*',
    '*.io',
    '*.10.0.0.4',
    '**.example.com',
    'weu-*.example.com',
    '*example.com',
    'https://example.com',

    'example.com/path',
    'example.com:',
    'example.com:123456',
    '.example.com',
    'a..example.com',
    'user@host',
    '/',
    '/subscriptions/',
    '/subscriptions/all',
    `${SUBSCRIPTION}/providers/x`,
    'exämple.com',
  ])('refuses %s', (CLUSTER_HOSTS) => {
    expect(problems({ CLUSTER_HOSTS })).toEqual([expect.stringMatching(/^CLUSTER_HOSTS entry /)]);
  });
});

describe('CLUSTER_SCOPES', () => {
  it('lists the only scopes a cluster may name', () => {
    const CLUSTER_HOSTS = 'weu-1.example.com';
    const server = 'https://weu-1.example.com';
    expect(refusal({ CLUSTER_HOSTS, CLUSTER_SCOPES: '' }, { server })).toBe(
      'its scope is not listed in CLUSTER_SCOPES',
    );
    expect(refusal({ CLUSTER_HOSTS, CLUSTER_SCOPES: `API://${APP}/.default` }, { server })).toBeUndefined();
  });

  it.each([
    `${APP}/.default`,
    'api://k8s.example.com/weu/.default',
    'https://contoso.onmicrosoft.com/k8s/.default',
  ])('takes %s', (scope) => {
    expect(config({ CLUSTER_SCOPES: ` ${scope} ,` }).clusters.scopes).toEqual([scope]);
  });

  it.each([
    ['https://vault.azure.net/.default', 'Key Vault'],
    ['https://VAULT.azure.net//.default', 'Key Vault'],
    ['https://team.vault.azure.net/.default', 'Key Vault'],
    ['https://vault.azure.net:443/.default', 'Key Vault'],
    ['https://vault.azure.net./.default', 'Key Vault'],
    ['api://vault.azure.net/.default', 'Key Vault'],
    ['https://managedhsm.azure.net/.default', 'Key Vault'],
    ['https://vault.azure.cn/.default', 'Key Vault'],
    ['https://vault.usgovcloudapi.net/.default', 'Key Vault'],
    ['https://vault.microsoftazure.de/.default', 'Key Vault'],
    ['cfa8b339-82a2-471a-a3c9-0fc0be7a4093/.default', 'Key Vault'],
    ['7E7C393B-45D0-48B1-A35E-2905DDF8183C/.default', 'Key Vault'],
    ['https://management.azure.com/.default', 'Azure Resource Manager'],
    ['https://management.core.windows.net//.default', 'Azure Resource Manager'],
    ['https://management.usgovcloudapi.net/.default', 'Azure Resource Manager'],
    ['https://management.chinacloudapi.cn/.default', 'Azure Resource Manager'],
    ['api://797f4846-ba00-4fd7-ba43-dac1f8f63013/.default', 'Azure Resource Manager'],
    ['https://graph.microsoft.com/.default', 'Microsoft Graph'],
    ['https://graph.windows.net/.default', 'Microsoft Graph'],
    ['https://graph.microsoft.us/.default', 'Microsoft Graph'],
    ['https://microsoftgraph.chinacloudapi.cn/.default', 'Microsoft Graph'],
    ['00000003-0000-0000-c000-000000000000/.default', 'Microsoft Graph'],
    ['https://storage.azure.com/.default', 'Azure Storage'],
    ['https://account.blob.core.windows.net/.default', 'Azure Storage'],
    ['https://account.queue.core.chinacloudapi.cn/.default', 'Azure Storage'],
    ['e406a681-f3d4-42a8-90b6-c2b029497af1/.default', 'Azure Storage'],
    ['6dae42f8-4368-4678-94ff-3960e28e3630/.default', 'the AKS server application'],
  ])('refuses %s: its tokens are for %s', (CLUSTER_SCOPES, service) => {
    expect(problems({ CLUSTER_SCOPES })).toEqual([expect.stringContaining(`its tokens are for ${service}`)]);
  });

  it.each([
    `api://${APP}`,
    '/.default',
    'http://k8s.example.com/.default',
    'User.Read',
    'https://k8s.example.com/read',
    'https://vault%2eazure.net/.default',
    'https://vault.azure.net\\.example.com/.default',

    'https://vault。azure。net/.default',
    'https://k8s.example.com/?x=/.default',
    `api://${APP} x/.default`,
  ])('refuses %s', (CLUSTER_SCOPES) => {
    expect(problems({ CLUSTER_SCOPES })).toEqual([
      expect.stringMatching(/must be an application of your own/),
    ]);
  });
});
