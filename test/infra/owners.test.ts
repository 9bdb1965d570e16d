import { describe, expect, it } from 'vitest';
import { plain } from './bicep/deferred.ts';
import { deployMain, ofType, SUBSCRIPTION } from './deployed.ts';

const GROUP = '99999999-aaaa-bbbb-cccc-dddddddddddd';
const CLIENT = '66666666-7777-8888-9999-000000000000';

const ISSUER = `https://login.microsoftonline.com/tenant of ${SUBSCRIPTION}/v2.0`;

const configsOf = (overrides: Record<string, unknown>) =>
  ofType(deployMain(overrides), 'Microsoft.Web/sites/config').map(({ id, body }) => ({
    name: String(plain(id)).split('/').at(-1),
    properties: plain(body['properties']) as Record<string, unknown>,
  }));

describe('the sign-in of owners', () => {
  it('is none where no group is named', () => {
    const [settings, ...others] = configsOf({});

    expect(settings?.properties).toMatchObject({ OWNERS_GROUP: '' });
    expect(others).toEqual([]);
  });

  it('takes tokens of this tenant for this app registration only, and lets Event Grid and keys through without one', () => {
    const configs = configsOf({ ownersGroupId: GROUP, ownersClientId: CLIENT });
    const of = (name: string) => configs.find((config) => config.name === name)?.properties;

    expect(of('appsettings')).toMatchObject({ OWNERS_GROUP: GROUP });
    expect(of('authsettingsV2')).toMatchObject({
      platform: { enabled: true },
      globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' },
      identityProviders: {
        azureActiveDirectory: {
          enabled: true,
          registration: { clientId: CLIENT, openIdIssuer: ISSUER },
          validation: { allowedAudiences: [CLIENT, `api://${CLIENT}`] },
        },
      },
      login: { tokenStore: { enabled: false } },
    });
  });
});
