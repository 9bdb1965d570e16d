import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

const shipped = async (file: string): Promise<unknown> =>
  parse(await readFile(join(import.meta.dirname, '../../infra/kubernetes', file), 'utf8'));
const documentsIn = (text: string): unknown[] =>
  parseAllDocuments(text).map((document) => document.toJS() as unknown);

describe('vaultcast namespace', () => {
  it('prints the same manifests as the example in infra/kubernetes', async () => {
    const ran = await run(['namespace', 'app-1', '--accept', 'app-1--', '--user', 'PUSHER_USER']);

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(documentsIn(ran.out)).toEqual([
      await shipped('namespace/namespace.yaml'),
      await shipped('namespace/role-binding.yaml'),
    ]);
  });

  it('joins several accepted entries, and asks to replace the placeholder when no user is given', async () => {
    const ran = await run(['namespace', 'app-1', '--accept', 'team/app-1--', '--accept', 'shared--smtp']);

    expect(ran.out).toContain('vaultcast.dev/accept: team/app-1--,shared--smtp');
    expect(ran.err).toContain('Replace PUSHER_USER');
  });

  it.each([['app-4'], ['team/app-4']])('asks whether %s was meant to be a prefix', async (entry) => {
    const ran = await run(['namespace', 'app-4', '--accept', entry, '--user', 'x']);

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining(`accept: ${entry}\n`) });
    expect(ran.err).toBe(`${entry} is one secret of that name. For all that begin so: --accept ${entry}--\n`);
  });

  it.each([['app_1--'], [''], ['a/b/c'], ['app-1--,']])(
    'refuses the entry %j, which accepts nothing',
    async (entry) => {
      expect(await run(['namespace', 'app-1', '--accept', entry])).toMatchObject({
        code: 64,
        out: '',
        err: expect.stringContaining('accepts nothing'),
      });
    },
  );

  it('refuses an invalid namespace name and a command line without --accept', async () => {
    expect((await run(['namespace', 'App-1', '--accept', 'app-1--'])).code).toBe(64);
    expect((await run(['namespace', 'app-1'])).code).toBe(64);
  });
});
