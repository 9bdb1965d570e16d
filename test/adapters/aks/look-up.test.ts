import { expect, it } from 'vitest';
import { armEndpoint } from '../../../shared/adapters/aks/look-up.ts';

it('a look-up asks the Resource Manager of the cloud its vaults are in', () => {
  expect(armEndpoint(['https://team.vault.azure.net'])).toBe('https://management.azure.com');
  expect(armEndpoint(['https://team.vault.azure.cn'])).toBe('https://management.chinacloudapi.cn');
  expect(armEndpoint(['https://team.vault.usgovcloudapi.net'])).toBe('https://management.usgovcloudapi.net');
  expect(armEndpoint(['https://evil.example/.vault.azure.cn'])).toBe('https://management.azure.com');
});
