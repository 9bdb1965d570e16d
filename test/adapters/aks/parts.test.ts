import { ContainerServiceClient } from '@azure/arm-containerservice';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import '../../local/network/dns.mjs';
import { aksServerRefusal } from '../../../shared/adapters/aks/host.ts';
import { readKubeconfig } from '../../../shared/adapters/aks/kubeconfig.ts';
import { armEndpoint } from '../../../shared/adapters/aks/look-up.ts';
import { failureOf } from '../../../shared/errors.ts';
import { startArm } from '../../local/arm/service.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { startTokens } from '../../local/tokens/service.ts';
import { config } from '../../support/environment.ts';
import { armIdOf } from './setup.ts';

const allowed = config({ CLUSTER_HOSTS: '*.k8s.example.com:6443' }).clusters;

describe('the server that Azure names', () => {
  it.each([
    'https://weu-1-dns-abc123.hcp.westeurope.azmk8s.io:443',
    'https://weu-1-0a1b2c3d.4e5f6a7b-0000-0000-0000-000000000000.privatelink.westeurope.azmk8s.io:443',
    'https://weu-1.hcp.chinaeast2.cx.prod.service.azk8s.cn:443',
    'https://weu-1.hcp.usgovvirginia.cx.aks.containerservice.azure.us',
    'https://weu-1.k8s.example.com:6443',
  ])('may be %s', (server) => {
    expect(aksServerRefusal(allowed, server)).toBeUndefined();
  });

  it.each([
    'http://weu-1.hcp.westeurope.azmk8s.io',
    'https://azmk8s.io',
    'https://evilazmk8s.io',
    'https://weu-1.azmk8s.io.evil.example',
    'https://weu-1.azmk8s.io@evil.example',
    'https://evil.example/.azmk8s.io',
    'https://evil.example#.azmk8s.io',
    'https://weu-1.azmk8s.io.',
    'https://weu-1.k8s.example.com:443',
    'not an address',
    '',
  ])('may not be %j', (server) => {
    expect(aksServerRefusal(allowed, server)).toMatch(/^the server that Azure names /);
  });
});

describe('a kubeconfig of Azure', () => {
  const ca = Buffer.from('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n').toString('base64');
  const text = (user: unknown, cluster: object = {}) =>
    stringify({
      clusters: [
        {
          name: 'a',
          cluster: { server: 'https://a.azmk8s.io:443/', 'certificate-authority-data': ca, ...cluster },
        },
      ],
      users: [{ name: 'u', user }],
    });

  it('gives server and authority; its exec plugin is left alone', () => {
    const read = readKubeconfig(text({ exec: { command: '/bin/sh', args: ['-c', 'exit 1'] } }));
    expect(read).toMatchObject({ server: 'https://a.azmk8s.io:443', login: undefined });
    expect(read.ca).toContain('BEGIN CERTIFICATE');
  });

  it.each([
    ['it names no way to log in', text({}), 'it names no way to log in'],
    ['a certificate without its key', text({ 'client-certificate-data': ca }), 'it names no way to log in'],
    [
      'no authority',
      text({ exec: {} }, { 'certificate-authority-data': '' }),
      'its authority is no certificate',
    ],
    ['no cluster', stringify({ clusters: [], users: [] }), 'a field is missing'],
    ['nothing', '', 'a field is missing'],
    ['no YAML', '{secret-canary: [', 'a field is missing'],
    [
      'a billion laughs',
      `a: &a [x,x]\n${Array.from({ length: 30 }, (_, at) => `${'b'.repeat(at + 1)}: [*a,*a,*a,*a,*a]`).join('\n')}`,
      'a field is missing',
    ],
  ])('with %s is unusable, and not quoted', (_, given, why) => {
    const failed = ((): unknown => {
      try {
        return readKubeconfig(given);
      } catch (error) {
        return failureOf(error);
      }
    })();
    const message = `the kubeconfig that Azure gave is unusable: ${why}`;
    expect(failed).toEqual({ code: 'CLUSTER_FAILED', message });
  });
});

it('asks the Resource Manager of the cloud its vaults are in', () => {
  expect(armEndpoint(['https://team.vault.azure.net'])).toBe('https://management.azure.com');
  expect(armEndpoint(['https://team.vault.azure.cn'])).toBe('https://management.chinacloudapi.cn');
  expect(armEndpoint(['https://team.vault.usgovcloudapi.net'])).toBe('https://management.usgovcloudapi.net');
  expect(armEndpoint(['https://evil.example/.vault.azure.cn'])).toBe('https://management.azure.com');
});

it('is met by a stand-in that the unchanged SDK reads as Azure', async () => {
  const authority = await createAuthority();
  const tokens = await startTokens(authority);
  const arm = await startArm({ authority, tokens });
  const id = armIdOf('weu-1');
  arm.put({
    id,
    server: 'https://weu-1.privatelink.westeurope.azmk8s.io:443',
    caPem: authority.caPem,
    privateCluster: true,
  });
  const credential = {
    getToken: async () => ({
      token: await tokens.issue(arm.url),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
  const client = new ContainerServiceClient(credential, id.split('/')[2] ?? '', {
    endpoint: arm.url,
    credentials: { scopes: [`${arm.url}/.default`] },
    tlsOptions: { ca: authority.caPem },
  });
  const cluster = await client.managedClusters.get('clusters', 'weu-1');
  expect(cluster).toMatchObject({
    privateFqdn: 'weu-1.privatelink.westeurope.azmk8s.io',
    disableLocalAccounts: true,
    aadProfile: { managed: true },
    apiServerAccessProfile: { enablePrivateCluster: true },
  });
  await expect(client.managedClusters.get('clusters', 'weu-2')).rejects.toMatchObject({
    statusCode: 404,
    code: 'ResourceNotFound',
  });
  await Promise.all([arm.stop(), tokens.stop()]);
});
