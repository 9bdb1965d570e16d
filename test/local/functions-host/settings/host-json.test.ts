import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readHostJson } from './host-json.ts';

async function settingsOf(hostJson: object, env: NodeJS.ProcessEnv = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'host-json-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'host.json'), JSON.stringify(hostJson));
  return readHostJson(folder, env);
}

describe('a host.json that says nothing', () => {
  it('means the defaults of the queue extension, and no time limit', async () => {
    expect(await settingsOf({ version: '2.0' })).toEqual({
      routePrefix: 'api',
      functionTimeout: undefined,
      queues: {
        batchSize: 16,
        newBatchThreshold: 8,
        maxPollingInterval: 60_000,
        visibilityTimeout: 0,
        maxDequeueCount: 5,
        messageEncoding: 'base64',
      },
    });
  });
});

describe('a host.json', () => {
  it('is read with what app settings put over it', async () => {
    const env = { AzureFunctionsJobHost__functionTimeout: '00:00:05' };
    const settings = await settingsOf({ version: '2.0', functionTimeout: '00:10:00' }, env);
    expect(settings.functionTimeout).toBe(5000);
  });

  it('is refused with a time span that is none', async () => {
    await expect(settingsOf({ version: '2.0', functionTimeout: 'ten minutes' })).rejects.toThrow(
      'ten minutes is no time span',
    );
  });
});
