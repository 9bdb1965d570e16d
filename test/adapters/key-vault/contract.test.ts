import { createKeyVault } from '../../../shared/adapters/key-vault/vault.ts';
import { keyVaultContract } from '../../support/contracts/key-vault.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import { startVaults } from './setup.ts';

keyVaultContract('the adapter over HTTPS', async () => {
  const local = await startVaults();
  const { vaults, credential, authority, standIn } = local;
  const vault = createKeyVault({ vaults, credential, ca: authority.caPem });
  return { vault, people: standIn, stop: () => local.stop() };
});

keyVaultContract('the fake', async () => {
  const vault = createFakeKeyVault({ vaults: ['team', 'other'] });
  return { vault, people: vault.people, stop: async () => {} };
});
