import { describe, expect, it } from 'vitest';
import type { Env } from '../support/environment.ts';
import { readConfig } from '../../shared/config/config.ts';
import { anEnvironment, config, problems } from '../support/environment.ts';

const CLIENT = '66666666-7777-8888-9999-000000000000';

describe('the storage connections', () => {
  const LOCAL = 'UseDevelopmentStorage=true';
  const KEYED = 'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=aGk=';
  const without = { REGISTRY__tableServiceUri: undefined, AzureWebJobsStorage__accountName: undefined };

  it('may be connection strings', () => {
    const { registry, queues } = config({ ...without, REGISTRY: KEYED, AzureWebJobsStorage: LOCAL });
    expect({ registry, queues }).toEqual({
      registry: { connectionString: KEYED },
      queues: { connectionString: LOCAL },
    });
  });

  it('may be an endpoint with a signature that lets us in', () => {
    const tables = 'TableEndpoint=https://x.table.core.windows.net;SharedAccessSignature=sv=1&sig=y';
    const queued = 'QueueEndpoint=https://x.queue.core.windows.net;SharedAccessSignature=sv=1&sig=y';
    const { registry, queues } = config({ ...without, REGISTRY: tables, AzureWebJobsStorage: queued });
    expect([registry, queues]).toEqual([{ connectionString: tables }, { connectionString: queued }]);
  });

  it.each(['TableEndpoint=https://x.table.core.windows.net', 'SharedAccessSignature=sv=1&sig=y'])(
    'refuse half of that: %s',
    (REGISTRY) => {
      expect(problems({ ...without, REGISTRY, AzureWebJobsStorage: LOCAL })).toEqual([
        expect.stringMatching(/^REGISTRY must be a storage connection string/),
      ]);
    },
  );

  it('may have identities of their own', () => {
    const { registry, queues } = config({
      REGISTRY__credential: 'managedidentity',
      REGISTRY__clientId: CLIENT,
      AzureWebJobsStorage__queueServiceUri: 'https://host.queue.core.usgovcloudapi.net',
      AzureWebJobsStorage__clientId: CLIENT,
    });
    expect(registry).toEqual({ serviceUri: 'https://registry.table.core.windows.net', clientId: CLIENT });
    expect(queues).toEqual({ serviceUri: 'https://host.queue.core.usgovcloudapi.net', clientId: CLIENT });
  });

  it.each<[string, Env, RegExp]>([
    [
      'two ways to the registry',
      { REGISTRY: KEYED },
      /^REGISTRY and REGISTRY__tableServiceUri must not both/,
    ],
    ['two ways to the queues', { AzureWebJobsStorage: KEYED }, /^AzureWebJobsStorage and .* must not both/],
    ['plain http to tables', { REGISTRY__tableServiceUri: 'http://x' }, /^REGISTRY__tableServiceUri must/],
    [
      'plain http to queues',
      { AzureWebJobsStorage__queueServiceUri: 'http://x' },
      /^AzureWebJobsStorage__queue/,
    ],
    [
      'a SAS',
      { AzureWebJobsStorage__queueServiceUri: 'https://x?sig=y' },
      /^AzureWebJobsStorage__queueServiceUri/,
    ],
    [
      'another credential',
      { AzureWebJobsStorage__credential: 'clientsecret' },
      /^AzureWebJobsStorage__credential/,
    ],
    ['another credential', { REGISTRY__credential: 'clientsecret' }, /^REGISTRY__credential/],
    [
      'a URL for a connection string',
      { ...without, AzureWebJobsStorage: 'https://x', REGISTRY: KEYED },
      /^AzureWebJobsStorage must be a storage connection string/,
    ],
    [
      'a key over plain http',
      { ...without, AzureWebJobsStorage: KEYED, REGISTRY: KEYED.replace('https', 'http') },
      /^REGISTRY must use https/,
    ],
    [
      'a key over plain http to some endpoint',
      {
        ...without,
        REGISTRY: KEYED,
        AzureWebJobsStorage: `${KEYED};QueueEndpoint=http://queues.example.com`,
      },
      /^AzureWebJobsStorage must use https/,
    ],
  ])('refuse %s', (_, overrides, problem) => {
    expect(problems(overrides)).toEqual([expect.stringMatching(problem)]);
  });

  it('are by identity where a connection string with an empty key stands beside it, which a note tells', () => {
    const AzureWebJobsStorage =
      'DefaultEndpointsProtocol=https;AccountName=vaultcasthost;AccountKey=;EndpointSuffix=core.windows.net';
    const read = readConfig(anEnvironment({ AzureWebJobsStorage }));
    expect(read).toEqual({
      ...readConfig(anEnvironment()),
      notes: [
        'AzureWebJobsStorage has an empty key beside AzureWebJobsStorage__… and is ignored: take it out of the app',
      ],
    });
  });

  it('refuse a connection string with an empty key that stands alone', () => {
    const AzureWebJobsStorage = 'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=';
    expect(problems({ ...without, REGISTRY: KEYED, AzureWebJobsStorage })).toEqual([
      expect.stringMatching(/^AzureWebJobsStorage must be a storage connection string/),
    ]);
  });

  it('may be an emulator on this machine', () => {
    const emulator =
      'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=aGk=;TableEndpoint=http://127.0.0.1:1/x;QueueEndpoint=http://localhost:2/x';
    expect(problems({ ...without, REGISTRY: emulator, AzureWebJobsStorage: emulator })).toEqual([]);
  });
});
