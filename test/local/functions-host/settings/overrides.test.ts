import { describe, expect, it } from 'vitest';
import { overridden } from './overrides.ts';

const hostJson = { version: '2.0', extensions: { queues: { batchSize: 16 }, http: { routePrefix: 'api' } } };

describe('app settings over host.json', () => {
  it('change one value and leave its neighbours', () => {
    const env = {
      AzureFunctionsJobHost__extensions__queues__batchSize: '1',
      AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:01',
    };

    expect(overridden(hostJson, env)).toEqual({
      version: '2.0',
      extensions: { queues: { batchSize: 1, maxPollingInterval: '00:00:01' }, http: { routePrefix: 'api' } },
    });
  });

  it('find a name in any case', () => {
    expect(overridden(hostJson, { AzureFunctionsJobHost__Extensions__Http__RoutePrefix: '' })).toMatchObject({
      extensions: { http: { routePrefix: '' } },
    });
  });

  it('are only those with the prefix', () => {
    expect(overridden(hostJson, { extensions__queues__batchSize: '1' })).toEqual(hostJson);
  });
});
