import { describe, expect, it } from 'vitest';
import { clusterRefusal } from '../../shared/config/clusters.ts';
import { clusterDocument } from '../../shared/registry/cluster-schema.ts';
import type { Cluster } from '../../shared/registry/document.ts';
import type { Env } from '../support/environment.ts';
import { config, leftOut } from '../support/environment.ts';

const SUBSCRIPTION = '/subscriptions/11111111-2222-3333-4444-555555555555';
function aCluster(spec: Record<string, unknown>): Cluster {
  const credential = { token: { secret: 'weu-1' } };
  return clusterDocument.parse({
    apiVersion: 'vaultcast.dev/v1',
    kind: 'Cluster',
    metadata: { name: 'weu-1' },
    spec: 'aks' in spec ? spec : { credential, ...spec },
  });
}

const refusal = (overrides: Env, spec: Record<string, unknown>): string | undefined =>
  clusterRefusal(config(overrides).clusters, aCluster(spec));

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

  it('tells a server that only a pattern too wide covers, and no other, what to write', () => {
    const CLUSTER_HOSTS = '*.nip.io,weu-2.example.com';
    expect(refusal({ CLUSTER_HOSTS }, { server: 'https://10.0.0.4.nip.io' })).toBe(
      'its server is covered only by *.nip.io in CLUSTER_HOSTS, which covers names that anybody can get: list each host by its name, and AKS clusters by their ARM ids',
    );
    expect(refusal({ CLUSTER_HOSTS }, { server: 'https://weu-2.example.com' })).toBeUndefined();
    expect(refusal({ CLUSTER_HOSTS }, { server: 'https://weu-3.example.com' })).toBe(
      'its server is not covered by CLUSTER_HOSTS',
    );
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
  ])('leaves %s out, and says so', (CLUSTER_HOSTS) => {
    expect(leftOut({ CLUSTER_HOSTS })).toEqual([expect.stringMatching(/^CLUSTER_HOSTS entry /)]);
    expect(config({ CLUSTER_HOSTS }).clusters).toMatchObject({ patterns: [], armIds: [] });
  });

  it('keeps the entries beside one that it leaves out', () => {
    const CLUSTER_HOSTS = '*.nip.io,weu-1.example.com';
    expect(refusal({ CLUSTER_HOSTS }, { server: 'https://weu-1.example.com' })).toBeUndefined();
    expect(refusal({ CLUSTER_HOSTS }, { server: 'https://a.nip.io' })).toMatch(/covered only by/);
  });

  it.each([
    '*.nip.io',
    '*.10.0.0.4.nip.io:6443',
    '*.sslip.io',
    '*.azurewebsites.net',
    '*.hcp.westeurope.azmk8s.io',
    '*.privatelink.westeurope.azmk8s.io',
    '*.azmk8s.io',
    '*.gr7.eu-west-1.eks.amazonaws.com',
    '*.amazonaws.com',
    '*.westeurope.cloudapp.azure.com',
    '*.azure.com',
    '*.github.io',
    '*.co.uk',
    '*.AZUREWEBSITES.net',
  ])('takes no wildcard below a domain where anybody gets names: %s', (CLUSTER_HOSTS) => {
    expect(leftOut({ CLUSTER_HOSTS })).toEqual([expect.stringContaining('names that anybody can get')]);
  });

  it.each(['weu-1.hcp.westeurope.azmk8s.io', '*.example.co.uk', '*.k8s.localhost', '10-0-0-4.nip.io:6443'])(
    'takes %s, which is a name or a domain of its own',
    (CLUSTER_HOSTS) => {
      expect(leftOut({ CLUSTER_HOSTS })).toEqual([]);
    },
  );
});
