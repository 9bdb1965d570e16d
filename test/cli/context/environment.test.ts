import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inContext } from '../../../shared/cli/context/environment.ts';
import { main } from '../../../shared/cli/main.ts';
import type { Io } from '../../../shared/cli/terminal/io.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';

const FILE = {
  apiVersion: 'vaultcast.dev/v1',
  kind: 'Config',
  currentContext: 'prod',
  contexts: {
    prod: {
      registry: 'https://rgprod.table.core.windows.net',
      storage: 'https://stprod.queue.core.windows.net',
      vaults: { team: 'https://team.vault.azure.net', ops: 'https://ops.vault.azure.net' },
      instance: 'vaultcast-prod',
    },
    test: { registry: 'https://rgtest.table.core.windows.net' },
  },
};
const OF_PROD = {
  REGISTRY__tableServiceUri: 'https://rgprod.table.core.windows.net',
  AzureWebJobsStorage__queueServiceUri: 'https://stprod.queue.core.windows.net',
  VAULTS: 'team=https://team.vault.azure.net,ops=https://ops.vault.azure.net',
  INSTANCE: 'vaultcast-prod',
};
const OF_TEST = { REGISTRY__tableServiceUri: 'https://rgtest.table.core.windows.net' };
let folder: Folder;
let VAULTCAST_CONFIG: string;

beforeEach(async () => {
  folder = await aFolder();
  VAULTCAST_CONFIG = await folder.file('config.yaml', [FILE]);
});
afterEach(() => folder.remove());

async function settings(
  env: Record<string, string> = {},
  asked: { at?: string; registryGiven?: boolean } = {},
): Promise<Record<string, string | undefined>> {
  const whole = await inContext({ VAULTCAST_CONFIG, ...env }, { registryGiven: false, ...asked });
  const { VAULTCAST_CONFIG: _, ...rest } = whole;
  return rest;
}

describe('the settings of a command', () => {
  it('are those of the current context where nothing else says any', async () => {
    expect(await settings()).toEqual(OF_PROD);
  });

  it('are those of the context that is named, by flag before variable', async () => {
    expect(await settings({}, { at: 'test' })).toEqual(OF_TEST);
    const VAULTCAST_CONTEXT = 'test';
    expect(await settings({ VAULTCAST_CONTEXT })).toEqual({ VAULTCAST_CONTEXT, ...OF_TEST });
    expect(await settings({ VAULTCAST_CONTEXT }, { at: 'prod' })).toEqual({ VAULTCAST_CONTEXT, ...OF_PROD });
  });

  it('have vaults and instance of the environment before those of the current context', async () => {
    const env = { VAULTS: 'mine=https://mine.vault.azure.net', INSTANCE: 'mine' };
    expect(await settings(env)).toEqual({ ...OF_PROD, ...env });
  });

  it.each([
    [{ REGISTRY: 'UseDevelopmentStorage=true' }],
    [{ REGISTRY__tableServiceUri: 'https://other.table.core.windows.net' }],
    [{ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }],
    [{ AzureWebJobsStorage__accountName: 'other' }],
  ])('are never of two deployments: nothing of the current context beside %j', async (env) => {
    expect(await settings(env)).toEqual(env);
  });

  it('are never of two deployments: nothing of the current context beside a registry in a flag', async () => {
    expect(await settings({}, { registryGiven: true })).toEqual({});
  });

  it('are not those of a registry in the environment, where a context is named', async () => {
    const env = { REGISTRY: 'UseDevelopmentStorage=true', AzureWebJobsStorage__clientId: 'x', PATH: '/bin' };
    expect(await settings(env, { at: 'test' })).toEqual({ PATH: '/bin', ...OF_TEST });
  });

  it('come from no context where the environment names no folder of a person, or there is no file', async () => {
    expect(await inContext({}, { registryGiven: false })).toEqual({});
    expect(await settings({ VAULTCAST_CONFIG: '/nowhere/config.yaml' })).toEqual({});
  });
});

describe('a command line', () => {
  async function envOf(...args: string[]): Promise<Io['env']> {
    let seen: Io['env'] = {};
    const openRegistry = (_: object, { env }: Io) => {
      seen = env;
      return Promise.resolve(fakeRegistry());
    };
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const signal = AbortSignal.timeout(10_000);
    const io = {
      stdin,
      stdout,
      stderr,
      interactive: false,
      colour: false,
      env: { VAULTCAST_CONFIG },
      signal,
    };
    await main(args, io, { openRegistry });
    return seen;
  }

  it('runs in the current context, and with --at in another one, wherever that stands', async () => {
    expect(await envOf('get', 'clusters', '-o', 'json')).toMatchObject(OF_PROD);
    expect(await envOf('get', 'clusters', '-o', 'json', '--at', 'test')).toMatchObject(OF_TEST);
    expect(await envOf('--at', 'test', 'get', 'clusters', '-o', 'json')).toMatchObject(OF_TEST);
  });

  it('exits with 64 where its context does not exist, and does nothing', async () => {
    const ran = await run(['get', 'clusters', '--at', 'prd'], { env: { VAULTCAST_CONFIG } });
    expect(ran).toMatchObject({
      code: 64,
      err: expect.stringContaining('there is no context prd\nThere are prod, test'),
    });
  });

  it('that belongs to no deployment runs even where the file of contexts is broken', async () => {
    const env = { VAULTCAST_CONFIG: await folder.file('broken.yaml', '{') };
    expect(await run(['schema'], { env })).toMatchObject({ code: 0 });
    expect(await run(['get', 'clusters'], { env })).toMatchObject({ code: 1 });
  });
});
