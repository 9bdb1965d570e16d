import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { compose } from '../support/manifests.ts';
import { run } from './run.ts';

const USER = '7f1e6a3c-0000-4000-8000-000000000001';

const printed = (text: string): unknown[] =>
  parseAllDocuments(text).map((document) => document.toJS() as unknown);

describe('vaultcast namespace', () => {
  it('prints what the example of the manifests is, filled in', async () => {
    const ran = await run(['namespace', 'app-1', '--accept', 'app-1--', '--user', USER]);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(printed(ran.out)).toEqual(compose(['namespace'], { user: USER }));
  });

  it('takes several entries', async () => {
    const accept = ['--accept', 'app-1--', '--accept', 'team/shared--registry,other/app-1--'];
    const ran = await run(['namespace', 'web', ...accept, '--user', USER]);
    const annotations = { 'vaultcast.dev/accept': 'app-1--,team/shared--registry,other/app-1--' };
    expect(printed(ran.out)).toMatchObject([
      { metadata: { name: 'web', annotations } },
      { metadata: { namespace: 'web' } },
    ]);
  });

  it.each([
    [
      'a namespace that Kubernetes does not allow',
      ['App_1', '--accept', 'app-1--', '--user', USER],
      '"App_1"',
    ],
    ['an entry that accepts nothing', ['app-1', '--accept', 'app_1--', '--user', USER], '"app_1--"'],
    ['an empty entry', ['app-1', '--accept', 'app-1--,', '--user', USER], '""'],
    ['an empty user', ['app-1', '--accept', 'app-1--', '--user', ' '], '--user'],
    ['no consent', ['app-1', '--user', USER], '--accept'],
    ['no user', ['app-1', '--accept', 'app-1--'], '--user'],
  ])('refuses %s', async (_, args, word) => {
    const ran = await run(['namespace', ...args]);
    expect(ran).toMatchObject({ code: 64, out: '' });
    expect(ran.err).toContain(word);
  });
});
