import { describe, expect, it } from 'vitest';
import { config, problems } from '../support/environment.ts';

describe('VAULTS', () => {
  it('takes several, with blanks and a trailing comma', () => {
    const { vaults } = config({
      VAULTS: ' team = https://TEAM.vault.azure.net/ ,ops=https://ops.vault.localhost:8443, ',
    });
    expect([...vaults]).toEqual([
      ['team', 'https://team.vault.azure.net'],
      ['ops', 'https://ops.vault.localhost:8443'],
    ]);
  });

  it.each([
    ['team', /entry "team" must be ALIAS=/],
    ['Team=https://team.vault.azure.net', /must start with an alias/],
    ['team=http://team.vault.azure.net', /must be the https address/],
    ['team=https://team.vault.azure.net/secrets', /without a path/],
    ['team=https://team.vault.azure.net?x=1', /without a path/],
    ['team=https://user@team.vault.azure.net', /without a path/],
    ['team=https://team.vault.azure.net.', /ends with a dot/],
    ['team=nowhere', /must be the https address/],
    ['team=https://a.vault.azure.net,team=https://b.vault.azure.net', /the alias "team" twice/],
    [
      'team=https://a.vault.azure.net,same=https://A.vault.azure.net:443/',
      /one vault twice: "team" and "same"/,
    ],
  ])('refuses %s', (VAULTS, problem) => {
    expect(problems({ VAULTS })).toEqual([expect.stringMatching(problem)]);
  });

  it('never shares a vault with CREDENTIAL_VAULT', () => {
    expect(config({ CREDENTIAL_VAULT: 'https://clusters.vault.azure.net/' }).credentialVault).toBe(
      'https://clusters.vault.azure.net',
    );
    expect(problems({ CREDENTIAL_VAULT: 'https://TEAM.vault.azure.net' })).toEqual([
      'CREDENTIAL_VAULT must not be a vault of VAULTS: routes could then deliver cluster credentials (team)',
    ]);
  });
});
