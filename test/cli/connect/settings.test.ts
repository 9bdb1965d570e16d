import { describe, expect, it } from 'vitest';
import { queueSetting, vaultSetting } from '../../../shared/cli/connect/settings.ts';
import { agoText, durationMs } from '../../../shared/cli/terminal/durations.ts';

const SECRET_KEY = 'c2VjcmV0LWtleQ==';
const CONNECTION = `DefaultEndpointsProtocol=https;AccountName=host;AccountKey=${SECRET_KEY}`;

describe("the app's queue", () => {
  it('comes from a flag before the environment, by name, URL or connection string', () => {
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
  ])('is refused: %s', (_, storage) => {
    const options = storage === undefined ? {} : { storage };

    expect(() => queueSetting(options, {})).toThrow(expect.objectContaining({ exitCode: 64 }));
    expect(() => queueSetting(options, {})).not.toThrow(SECRET_KEY);
  });
});

describe('the vaults', () => {
  it('come from flags before the environment', () => {
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
  ])('are never guessed: %s', (one) => {
    const options = one === undefined ? {} : { vaultUrl: [one] };

    expect(() => vaultSetting(options, {})).toThrow(expect.objectContaining({ exitCode: 64 }));
  });
});

describe('times', () => {
  it('are read with a unit, seconds without', () => {
    expect([durationMs('90'), durationMs('90s'), durationMs('15m'), durationMs('1h')]).toEqual([
      90_000, 90_000, 900_000, 3_600_000,
    ]);
    expect(() => durationMs('soon')).toThrow('15m');
  });

  it('are shown as people say them', () => {
    expect([5, 119, 300, 7200 * 2, 86_400 * 9].map((seconds) => agoText(seconds * 1000))).toEqual([
      '5 s',
      '119 s',
      '5 min',
      '4 h',
      '9 d',
    ]);
  });
});
