import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKeyVault } from './vaults.ts';
import type { KeyVaultStandIn } from './vaults.ts';
import { createAuthority } from '../network/authority.ts';
import { startTokens } from '../tokens/service.ts';
import type { TokenService } from '../tokens/service.ts';

const NOON = Date.parse('2026-11-21T12:00:00.123Z');
const TOPIC =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers/Microsoft.KeyVault/vaults/team';
const A_UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
let tokens: TokenService;
let vaults: KeyVaultStandIn;
let version: string;

beforeAll(async () => {
  const authority = await createAuthority();
  tokens = await startTokens(authority);
  vaults = await startKeyVault({ authority, tokens, vaults: ['team'], now: () => NOON });
  vaults.set('team', 'App-1--Pg', 'old', { version: '0'.repeat(32), nbf: 1_700_000_000 });
  version = vaults.set('team', 'app-1--pg', 'value-of-it', { exp: 1_800_000_000 });
});
afterAll(async () => {
  await vaults.stop();
  await tokens.stop();
});

describe('an event of the stand-in', () => {
  it('has the Event Grid shape, with the latest version and the name as it was created', () => {
    expect(vaults.eventFor('team', 'app-1--pg', { schema: 'eventgrid', type: 'new-version' })).toEqual({
      id: A_UUID,
      topic: TOPIC,
      subject: 'App-1--Pg',
      eventType: 'Microsoft.KeyVault.SecretNewVersionCreated',
      eventTime: '2026-11-21T12:00:00.1230000Z',
      data: {
        Id: `${vaults.url('team')}/secrets/App-1--Pg/${version}`,
        VaultName: 'team',
        ObjectType: 'Secret',
        ObjectName: 'App-1--Pg',
        Version: version,
        NBF: null,
        EXP: 1_800_000_000,
      },
      dataVersion: '1',
      metadataVersion: '1',
    });
  });

  it('has the CloudEvents shape with the same data', () => {
    const grid = vaults.eventFor('team', 'app-1--pg', { schema: 'eventgrid', type: 'near-expiry' });
    const cloud = vaults.eventFor('team', 'app-1--pg', { schema: 'cloudevents', type: 'near-expiry' });

    expect(cloud).toEqual({
      id: A_UUID,
      source: TOPIC,
      subject: 'App-1--Pg',
      type: 'Microsoft.KeyVault.SecretNearExpiry',
      time: '2026-11-21T12:00:00.1230000Z',
      data: grid['data'],
      specversion: '1.0',
    });
    expect(cloud['id']).not.toBe(grid['id']);
  });

  it.each([
    ['expired', 'SecretExpired', 'Secret', '/secrets/'],
    ['certificate-new-version', 'CertificateNewVersionCreated', 'Certificate', '/certificates/'],
  ] as const)('an event of type %s is a %s', (type, eventType, objectType, path) => {
    const event = vaults.eventFor('team', 'app-1--pg', { schema: 'eventgrid', type });

    expect(event).toMatchObject({
      eventType: `Microsoft.KeyVault.${eventType}`,
      data: { ObjectType: objectType },
    });
    expect(JSON.stringify(event['data'])).toContain(path);
  });

  it('can be about an older version, and about a secret deleted since', () => {
    const options = { schema: 'eventgrid', type: 'new-version', version: '0'.repeat(32) } as const;
    const expected = { data: { Version: '0'.repeat(32), NBF: 1_700_000_000, EXP: null } };
    vaults.delete('team', 'app-1--pg');

    expect(vaults.eventFor('team', 'app-1--pg', options)).toMatchObject(expected);
    vaults.recover('team', 'app-1--pg');
  });

  it('carries no value and needs a secret', () => {
    const event = vaults.eventFor('team', 'app-1--pg', { schema: 'cloudevents', type: 'new-version' });

    expect(JSON.stringify(event)).not.toContain('value-of-it');
    expect(() => vaults.eventFor('team', 'missing', { schema: 'cloudevents', type: 'new-version' })).toThrow(
      /not found/,
    );
  });
});
