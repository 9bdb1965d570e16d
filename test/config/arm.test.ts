import { describe, expect, it } from 'vitest';
import { config, leftOut } from '../support/environment.ts';

const ENDPOINT = 'https://management.cloud.example.com';

describe('ARM_ENDPOINT', () => {
  it('is where clusters are looked up, with tokens for itself', () => {
    for (const ARM_ENDPOINT of [ENDPOINT, `${ENDPOINT}/`, ENDPOINT.toUpperCase().replace('HTTPS', 'https')])
      expect(config({ ARM_ENDPOINT }).arm).toEqual({ endpoint: ENDPOINT, audience: ENDPOINT });
  });

  it('may have tokens of another audience, with or without a slash at its end', () => {
    for (const ARM_AUDIENCE of [
      'https://management.example.onmicrosoft.com/4de154de',
      'https://management.example.onmicrosoft.com/4de154de/',
    ])
      expect(config({ ARM_ENDPOINT: ENDPOINT, ARM_AUDIENCE }).arm).toEqual({
        endpoint: ENDPOINT,
        audience: 'https://management.example.onmicrosoft.com/4de154de',
      });
  });

  it('is not set unless said: the domain of the vaults tells the cloud', () => {
    expect(config().arm).toBeUndefined();
    expect(config({ ARM_AUDIENCE: ENDPOINT }).arm).toBeUndefined();
  });

  it.each([
    ENDPOINT.replace('https', 'http'),
    'management.cloud.example.com',
    'https://cloud.example.com',
    'https://vault.azure.net',
    `${ENDPOINT}/subscriptions`,
    `${ENDPOINT}?x=y`,
    'https://user:word@management.cloud.example.com',
  ])('is left out, and said to be, when it is %s', (ARM_ENDPOINT) => {
    expect(config({ ARM_ENDPOINT }).arm).toBeUndefined();
    expect(leftOut({ ARM_ENDPOINT })).toEqual([expect.stringContaining('ARM_ENDPOINT must be the https')]);
  });

  it.each(['https://vault.azure.net', 'http://management.example.com', 'api://AzureADTokenExchange'])(
    'never has tokens of the audience %s',
    (ARM_AUDIENCE) => {
      expect(config({ ARM_ENDPOINT: ENDPOINT, ARM_AUDIENCE }).arm).toMatchObject({ audience: ENDPOINT });
      expect(leftOut({ ARM_AUDIENCE })).toEqual([expect.stringContaining('ARM_AUDIENCE must be')]);
    },
  );
});
