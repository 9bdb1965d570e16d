import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';
import type { Ran } from '../run.ts';

const PROD = ['--registry-account', 'strgprod', '--storage', 'stprod'];
let folder: Folder;

beforeEach(async () => {
  folder = await aFolder();
});
afterEach(() => folder.remove());

const context = (args: readonly string[], env: Record<string, string> = {}): Promise<Ran> =>
  run(['context', ...args], { env: { HOME: folder.path, ...env } });
const written = async (): Promise<unknown> => parse(await folder.read('.config/vaultcast/config.yaml'));

describe('vaultcast context', () => {
  it('makes the first context the current one, and writes addresses only', async () => {
    const ran = await context(['set', 'prod', ...PROD, '--vault-url', 'team=https://team.vault.azure.net']);
    await context(['set', 'prod', '--instance', 'vaultcast-prod']);

    expect(ran).toMatchObject({
      code: 0,
      out: expect.stringMatching(/prod is in .*, and is the current one/),
    });
    expect(await written()).toEqual({
      apiVersion: 'vaultcast.dev/v1',
      kind: 'Config',
      currentContext: 'prod',
      contexts: {
        prod: {
          registry: 'https://strgprod.table.core.windows.net',
          storage: 'https://stprod.queue.core.windows.net',
          vaults: { team: 'https://team.vault.azure.net' },
          instance: 'vaultcast-prod',
        },
      },
    });
    const { mode } = await stat(join(folder.path, '.config/vaultcast/config.yaml'));
    expect(mode & 0o077).toBe(0);
  });

  it('lists them without another word, and says which one counts', async () => {
    await context(['set', 'prod', ...PROD]);
    const second = await context(['set', 'test', '--registry', 'https://strgtest.table.core.windows.net/']);
    const before = await context([]);
    const use = await context(['use', 'test']);
    const after = await context(['list', '-o', 'json']);

    expect(second.err).toContain('vaultcast context use test');
    expect(before.out).toMatch(
      /^CURRENT +NAME +REGISTRY.*\n\* +prod +https:\/\/strgprod.*\n +test +https:\/\/strgtest/,
    );
    expect(use.out).toBe('The current context is test.\n');
    expect(JSON.parse(after.out)).toMatchObject([
      { name: 'prod', current: false },
      { name: 'test', current: true },
    ]);
  });

  it('says how to make one where there are none', async () => {
    expect(await context([])).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('vaultcast context set NAME --registry-account NAME'),
    });
  });

  it('forgets one, and then none is the current one', async () => {
    await context(['set', 'prod', ...PROD]);
    await context(['delete', 'prod']);
    expect(await written()).toEqual({ apiVersion: 'vaultcast.dev/v1', kind: 'Config', contexts: {} });
  });

  it.each([
    ['use', 'nowhere'],
    ['delete', 'toString'],
  ])('%s exits with 64 for %s, which is none, and names those that are', async (verb, name) => {
    await context(['set', 'prod', ...PROD]);
    expect(await context([verb, name])).toMatchObject({
      code: 64,
      err: expect.stringMatching(new RegExp(`there is no context ${name}\nThere are prod\\.`)),
    });
  });

  it.each([
    [
      'a connection string',
      ['--registry', 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0'],
      'holds no secret',
    ],
    [
      'a queue by connection string',
      [...PROD.slice(0, 2), '--storage', 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0'],
      'holds no secret',
    ],
    [
      'a signature',
      ['--registry', 'https://a.table.core.windows.net/?sig=c2VjcmV0'],
      'must have no user, query',
    ],
    ['no registry', ['--instance', 'x'], 'a new context needs a registry'],
    ['an instance that is no name', [...PROD, '--instance', 'a b'], 'must be the name of this deployment'],
    [
      'a vault without an alias',
      [...PROD, '--vault-url', 'https://team.vault.azure.net'],
      '--vault-url entry',
    ],
  ])('takes no context with %s, and shows nothing of it', async (_, args, why) => {
    const ran = await context(['set', 'prod', ...args]);

    expect(ran).toMatchObject({ code: 64, out: '', err: expect.stringContaining(why) });
    expect(ran.err).not.toContain('c2VjcmV0');
    await expect(written()).rejects.toThrow('ENOENT');
  });

  it.each([
    ['no YAML', 'contexts: [', 'it is no YAML'],
    ['another kind', 'apiVersion: v1\nkind: Config\ncontexts: {}\n', 'apiVersion'],
    [
      'a key pasted in',
      'apiVersion: vaultcast.dev/v1\nkind: Config\ncontexts: {a: {registry: "AccountKey=c2VjcmV0"}}',
      'contexts.a.registry',
    ],
    [
      'a signature pasted in',
      'apiVersion: vaultcast.dev/v1\nkind: Config\ncontexts: {a: {registry: "https://a.b/?sig=c2VjcmV0"}}',
      'no more than that',
    ],
    [
      'a field that is none',
      'apiVersion: vaultcast.dev/v1\nkind: Config\ncontexts: {a: {registry: "https://a.b", key: c2VjcmV0}}',
      'contexts.a',
    ],
  ])('refuses a file that is or has %s, without quoting it', async (_, text, why) => {
    const VAULTCAST_CONFIG = await folder.file('mine.yaml', text);
    const ran = await context(['list'], { VAULTCAST_CONFIG });

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining(why) });
    expect(ran.err).toContain(`the contexts in ${VAULTCAST_CONFIG} cannot be used`);
    expect(ran.err).not.toContain('c2VjcmV0');
  });
});
