import { ContainerServiceClient } from '@azure/arm-containerservice';
import { expect, it } from 'vitest';
import '../../local/network/dns.mjs';
import { createArm } from '../../../shared/adapters/aks/arm.ts';
import { startArm } from '../../local/arm/service.ts';
import { createAuthority } from '../../local/network/authority.ts';
import { startTokens } from '../../local/tokens/service.ts';
import { armIdOf } from './setup.ts';

it('the stand-in of Azure is read by the unchanged SDK', async () => {
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

it('the token for Resource Manager is of the audience that is set, or of its own address', async () => {
  const authority = await createAuthority();
  const tokens = await startTokens(authority);
  const arm = await startArm({ authority, tokens });
  const id = armIdOf('weu-1');
  arm.put({ id, server: 'https://weu-1.westeurope.azmk8s.io:443', caPem: authority.caPem });
  const scopes: unknown[] = [];
  const credential = {
    getToken: async (scope: unknown) => {
      scopes.push([scope].flat()[0]);
      return { token: await tokens.issue(arm.url), expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const options = { credential, endpoint: arm.url, ca: authority.caPem };
  await createArm(options)(id);
  await createArm({ ...options, audience: 'https://management.cloud.example.com/4de154de' })(id);
  expect(scopes).toEqual([`${arm.url}/.default`, 'https://management.cloud.example.com/4de154de/.default']);
  await Promise.all([arm.stop(), tokens.stop()]);
});
