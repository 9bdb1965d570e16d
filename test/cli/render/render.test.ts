import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { createFakeKeyVault } from '../../support/fakes/key-vault.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';

const SECRET = 'n0-one-may-see-this';
let folder: Folder;

beforeEach(async () => {
  folder = await aFolder();
});
afterEach(() => folder.remove());

const aRegistry = (spec = {}) => fakeRegistry(stored(writtenCluster()), stored(writtenRoute('app-1', spec)));

function aVault() {
  const vault = createFakeKeyVault({ vaults: ['team'] });
  vault.people.set('team', 'app-1--pg--password', SECRET);
  vault.people.set('team', 'app-1--pg--user', 'admin-of-pg');
  vault.people.set('team', 'app-1--mq--url', SECRET);
  vault.people.set('team', 'app-2--x--y', SECRET);
  return vault;
}

describe('vaultcast render', () => {
  it('shows keys, sizes and sources of the Secrets a route makes, and no value', async () => {
    const ran = await run(['render', 'app-1'], { registry: aRegistry(), vault: aVault() });

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out.split('\n')).toEqual([
      'SECRET    TYPE    KEY       BYTES  MADE FROM',
      'app-1/mq  Opaque  url       19     app-1--mq--url',
      'app-1/pg  Opaque  password  19     app-1--pg--password',
      'app-1/pg  Opaque  user      11     app-1--pg--user',
      '',
    ]);
  });

  it('reads only the secrets that share a Secret with the one given by --secret', async () => {
    const vault = aVault();

    const ran = await run(['render', 'app-1', '--secret', 'APP-1--pg--user'], {
      registry: aRegistry(),
      vault,
    });

    expect(ran.out).not.toContain('mq');
    expect(vault.log.filter((call) => call.startsWith('vault.read')).toSorted()).toEqual([
      'vault.read team/app-1--pg--password',
      'vault.read team/app-1--pg--user',
    ]);
  });

  it('names the files, and what they hold, where they hold no route of that name', async () => {
    const file = await folder.file('r.yaml', [writtenCluster(), writtenRoute(), writtenRoute('other')]);
    const samples = await folder.file('s.yaml', '- {name: app-1--pg--password, value: x}\n');
    const render = (name: string) => run(['render', name, '-f', file, '--from', samples]);

    expect(await render('app-2')).toEqual({
      code: 1,
      out: '',
      err: `Error: there is no Route app-2 in ${file}\nDid you mean app-1?\n`,
    });
    expect((await render('frobnicate')).err).toContain('Routes there: app-1, other\n');
  });

  it('takes the certificate beside a secret that holds none, as the app would', async () => {
    const vault = createFakeKeyVault({ vaults: ['team'] });
    const { raw } = new X509Certificate(rootCertificates[0] ?? '');
    const beside = { contentType: 'application/x-pem-file', certificate: raw.toString('base64') };
    vault.people.set('team', 'app-1--web', '', beside);
    const data = { 'ca.pem': { certificate: 'app-1--web', part: 'ca' } };

    const ran = await run(['render', 'app-1'], {
      registry: aRegistry({ layout: 'explicit', name: 'web', data }),
      vault,
    });

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/app-1\/web {2}Opaque {2}ca\.pem {2}\d+ +app-1--web\n/);
  });

  it('names a secret that the person may not read, with the reason', async () => {
    const vault = aVault();
    vault.people.forbid('team', 'rbac', 'app-1--mq--url');

    const ran = await run(['render', 'app-1'], { registry: aRegistry(), vault });

    expect(ran.err).toContain('Secret app-1--mq--url gives no value: fake: the identity may not read there');
  });

  it('exits with 2 when a Secret is refused, and quotes no value', async () => {
    const ran = await run(['render', 'app-1'], { registry: aRegistry({ json: 'expand' }), vault: aVault() });

    expect(ran.code).toBe(2);
    expect(ran.out).toContain('(refused)');
    expect(ran.out + ran.err).not.toContain(SECRET);
  });

  it('renders from files and sample secrets without asking anybody', async () => {
    const route = writtenRoute('app-1', { type: 'kubernetes.io/basic-auth' });
    const documents = await folder.file('r.yaml', [writtenCluster(), route]);
    const samples = await folder.file('s.yaml', '- {name: app-1--login, value: "user:pa:ss"}\n');

    const ran = await run(['render', 'app-1', '-f', documents, '--from', samples, '-o', 'json']);

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(ran.out)).toMatchObject({
      secrets: [
        {
          name: 'login',
          type: 'kubernetes.io/basic-auth',
          keys: [
            { key: 'password', bytes: 5 },
            { key: 'username', bytes: 4 },
          ],
        },
      ],
    });
  });

  it('explains why a sample file cannot be used, and quotes none of it', async () => {
    const broken = await folder.file('a.yaml', `- {name: app-1--x, value: "${SECRET}`);
    const strange = await folder.file('b.yaml', `- {nam: app-1--x, value: ${SECRET}}`);
    const world = { registry: aRegistry() };

    const results = [
      await run(['render', 'app-1', '--from', broken], world),
      await run(['render', 'app-1', '--from', strange], world),
      await run(['render', 'app-1', '--from', '/nowhere'], world),
    ];

    expect(results.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(results.map(({ err }) => err).join('')).not.toContain(SECRET);
    expect(results[1]?.err).toContain('0.name');
  });

  it('suggests the closest route for an unknown name, and says when a route makes no Secret', async () => {
    const world = { registry: aRegistry({ exclude: ['*'] }), vault: aVault() };

    expect((await run(['render', 'app1'], world)).err).toContain('Did you mean app-1?');
    expect(await run(['render', 'app-1'], world)).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('makes no Secret'),
    });
  });
});
