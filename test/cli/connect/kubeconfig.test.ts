import { chmod } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { adoptWorld } from '../adopt/world.ts';
import type { AdoptWorld } from '../adopt/world.ts';

let world: AdoptWorld;

beforeEach(async () => {
  world = await adoptWorld();
  world.put();
});
afterEach(() => world.stop());

const ADOPT = ['--route', 'app-1', '--dry-run', 'app-1/pg'];

/** The kubeconfig of the world, with a login plugin that runs this script. */
async function withPlugin(script: string): Promise<string> {
  await world.folder.file('plugin', `#!/bin/sh\n${script}\n`);
  await chmod(`${world.folder.path}/plugin`, 0o755);
  return withUser({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: `${world.folder.path}/plugin` },
  });
}

async function withUser(user: object): Promise<string> {
  const text = await world.folder.read('kubeconfig');
  return world.folder.file(
    'with-user',
    `${text.slice(0, text.indexOf('users:'))}${stringify({ users: [{ name: 'me', user }] })}`,
  );
}

describe('the kubeconfig of a person', () => {
  it('runs its login plugin, as kubectl does', async () => {
    const credential = { kind: 'ExecCredential', status: { token: 'operator' } };
    const file = await withPlugin(`echo '${JSON.stringify(credential)}'`);

    expect((await world.adopt(['--kubeconfig', file, ...ADOPT])).code).toBe(2);
  });

  it('lets a login plugin say itself what is wrong', async () => {
    const file = await withPlugin('echo "token expired: run az login" >&2; exit 1');

    expect(await world.adopt(['--kubeconfig', file, ...ADOPT])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/gives no login: its plugin \S+ says: token expired: run az login\n/),
    });
  });

  it('names a login plugin that is not installed', async () => {
    const file = await withUser({
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'kubelogin-of-nobody' },
    });

    expect((await world.adopt(['--kubeconfig', file, ...ADOPT])).err).toContain(
      'its plugin kubelogin-of-nobody is not installed',
    );
  });

  it('never shows what a login plugin prints, for that is a credential', async () => {
    const file = await withPlugin('echo "eyJ-not-json"');

    const ran = await world.adopt(['--kubeconfig', file, ...ADOPT]);

    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('gives no login') });
    expect(ran.out + ran.err).not.toContain('eyJ');
  });

  it('is found in the files of KUBECONFIG, the first that says something counting', async () => {
    const empty = await world.folder.file('empty', [{ apiVersion: 'v1', kind: 'Config' }]);
    const KUBECONFIG = `${world.folder.path}/missing:${empty}:${world.kubeconfig}`;

    const ran = await world.adopt(ADOPT, { env: { KUBECONFIG }, kubeconfig: false });

    expect(ran.code).toBe(2);
  });

  it('is asked for where there is none', async () => {
    const ran = await world.adopt(ADOPT, { env: { HOME: world.folder.path }, kubeconfig: false });

    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringContaining('Give --kubeconfig, or set KUBECONFIG'),
    });
  });

  it('is refused at a context that would not verify its server', async () => {
    const text = await world.folder.read('kubeconfig');
    const loose = await world.folder.file('loose', text.replace('https:', 'http:'));

    expect((await world.adopt(['--kubeconfig', loose, ...ADOPT])).err).toContain(
      'context weu-1 names no cluster whose identity can be verified',
    );
  });
});
