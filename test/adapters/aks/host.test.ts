import { describe, expect, it } from 'vitest';
import { aksServerRefusal } from '../../../shared/adapters/aks/host.ts';
import { config } from '../../support/environment.ts';

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
