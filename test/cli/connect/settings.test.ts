import { describe, expect, it } from 'vitest';
import { queueSetting, registrySetting, vaultSetting } from '../../../shared/cli/connect/settings.ts';

const SECRET_KEY = 'c2VjcmV0LWtleQ==';
const CONNECTION = `DefaultEndpointsProtocol=https;AccountName=host;AccountKey=${SECRET_KEY}`;

describe('the setting of the registry', () => {
  it('comes from a flag before the environment, as a name, a URL or a connection string', () => {
    const env = { REGISTRY__tableServiceUri: 'https://env.table.core.windows.net' };

    expect(registrySetting({}, env)).toEqual({ serviceUri: env.REGISTRY__tableServiceUri });
    expect(registrySetting({ registryAccount: 'flag' }, env)).toEqual({
      serviceUri: 'https://flag.table.core.windows.net',
    });
    expect(registrySetting({ registry: 'https://x.table.core.chinacloudapi.cn' }, env)).toEqual({
      serviceUri: 'https://x.table.core.chinacloudapi.cn',
    });
    expect(registrySetting({ registry: CONNECTION }, env)).toEqual({ connectionString: CONNECTION });
    expect(registrySetting({}, { REGISTRY: CONNECTION })).toEqual({ connectionString: CONNECTION });
  });

  it.each([
    ['nothing at all', {}, {}],
    ['two flags', { registry: CONNECTION, registryAccount: 'x' }, {}],
    ['an account that is no account', { registryAccount: 'evil.example.com/' }, {}],
    ['plain http', { registry: 'http://x.table.core.windows.net' }, {}],
    ['a SAS in the URL', { registry: 'https://x.table.core.windows.net?sig=abc' }, {}],
    ['neither URL nor connection string', { registry: 'myregistry' }, {}],
    ['plain http to another machine', { registry: CONNECTION.replace('https', 'http') }, {}],
    ['a connection string the SDK does not take', { registry: `AccountName=a;AccountKey=${SECRET_KEY}` }, {}],
    ['half a connection string', { registry: `AccountKey=${SECRET_KEY}` }, {}],
    ['half a connection string in the environment', {}, { REGISTRY: `AccountKey=${SECRET_KEY}` }],
  ])('is refused, without quoting the key, when it is %s', (_, flags, env) => {
    expect(() => registrySetting(flags, env)).toThrow(expect.objectContaining({ exitCode: 64 }));
    expect(() => registrySetting(flags, env)).not.toThrow(SECRET_KEY);
  });
});

describe('the setting of the queue', () => {
  it('comes from the flag before the environment, as a name, a URL or a connection string', () => {
    const env = { AzureWebJobsStorage__accountName: 'env' };

    expect(queueSetting({}, env)).toEqual({ serviceUri: 'https://env.queue.core.windows.net' });
    expect(queueSetting({ storage: 'flag' }, env)).toEqual({
      serviceUri: 'https://flag.queue.core.windows.net',
    });
    expect(queueSetting({ storage: 'https://x.queue.core.chinacloudapi.cn' }, env)).toEqual({
      serviceUri: 'https://x.queue.core.chinacloudapi.cn',
    });
    expect(queueSetting({ storage: CONNECTION }, env)).toEqual({ connectionString: CONNECTION });
    expect(queueSetting({}, { AzureWebJobsStorage: CONNECTION })).toEqual({
      connectionString: CONNECTION,
    });
  });

  it.each([
    ['nothing at all', undefined],
    ['plain http to another machine', CONNECTION.replace('https', 'http')],
    ['a SAS in the URL', 'https://x.queue.core.windows.net?sig=abc'],
    ['half a connection string', `AccountKey=${SECRET_KEY}`],
  ])('is refused when it is %s', (_, storage) => {
    const options = storage === undefined ? {} : { storage };

    expect(() => queueSetting(options, {})).toThrow(expect.objectContaining({ exitCode: 64 }));
    expect(() => queueSetting(options, {})).not.toThrow(SECRET_KEY);
  });
});

describe('the setting of the vaults', () => {
  it('comes from the flags before the environment', () => {
    const env = { VAULTS: 'team=https://team.vault.azure.net' };
    const vaultUrl = ['a-1=https://a.vault.azure.net', 'b-1=https://b.vault.azure.net'];

    expect([...vaultSetting({}, env).keys()]).toEqual(['team']);
    expect([...vaultSetting({ vaultUrl }, env).keys()]).toEqual(['a-1', 'b-1']);
  });

  it.each([
    [undefined],
    ['team'],
    ['team=http://team.vault.azure.net'],
    ['x=https://a.vault.azure.net/path'],
  ])('is refused, not guessed, when the flag is %s', (one) => {
    const options = one === undefined ? {} : { vaultUrl: [one] };

    expect(() => vaultSetting(options, {})).toThrow(expect.objectContaining({ exitCode: 64 }));
  });
});
