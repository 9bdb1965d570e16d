import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startAzurite } from '../local/azurite/storage.ts';
import { startHost } from '../local/functions-host/client.ts';
import { startStack } from '../local/stack/start.ts';
import { applyTenancy, valueIn } from '../local/stack/tenancy.ts';

/** Stands outside `test/local`, and knows of the local host only how it is started. */
const WRAPPER = fileURLToPath(new URL('./wrapper.ts', import.meta.url));

beforeEach(() => void vi.stubEnv('FUNCTIONS_HOST', WRAPPER));
afterEach(() => void vi.unstubAllEnvs());

describe('the host that FUNCTIONS_HOST names', () => {
  it('takes the place of the local one: a rotation arrives, and the host ends when it is asked to', async () => {
    const stack = await startStack({ clusters: ['weu-1'] });
    await applyTenancy(stack);
    const { answer } = await stack.rotate('app-1--pg--password', 'through another host');
    expect(answer).toEqual({ status: 202, body: '' });
    expect(valueIn(stack.cluster('weu-1'), 'app-1', 'pg', 'password')).toBe('through another host');
    const [host] = stack.hosts;
    await stack.stop();
    expect(await host?.exited).toBe(0);
  });

  it.each(['app', 'port'])('starts nothing when it forgets the argument --%s', async (argument) => {
    const start = startHost({ env: { WRAPPER_FORGETS: argument } });
    await expect(start).rejects.toThrow('the host ended before it was ready');
  });

  it('is not taken for ready when it says nothing', async () => {
    const storage = await startAzurite();
    onTestFinished(() => storage.stop());
    const env = { AzureWebJobsStorage: storage.connectionString, WRAPPER_FORGETS: 'ready' };
    await expect(startHost({ env, readyMs: 1500 })).rejects.toThrow('the host did not get ready');
  });

  it('fails at once when it is not there', async () => {
    vi.stubEnv('FUNCTIONS_HOST', '/nowhere/host');
    await expect(startHost({ env: {} })).rejects.toThrow('ENOENT');
  });
});
