import { afterEach, describe, expect, it } from 'vitest';
import { base64 } from '../../local/kubernetes/fixture.ts';
import type { KubernetesOptions } from '../../local/kubernetes/api-server.ts';
import { adoptWorld, VALUE } from './world.ts';
import type { AdoptWorld } from './world.ts';

let world: AdoptWorld;
afterEach(() => world.stop());

/** Two Secrets that can be adopted, as far as the vault is concerned. */
async function twoSecrets(options: Partial<KubernetesOptions> = {}): Promise<void> {
  world = await adoptWorld(options);
  world.vault.people.set('team', 'app-1--mq--url', VALUE);
  world.put();
  world.fixture.cluster.put('app-1', { metadata: { name: 'mq' }, data: { url: base64(VALUE) } });
}

const adoptBoth = (...args: string[]) =>
  world.adopt(['--route', 'app-1', '--yes', 'app-1/pg', 'app-1/mq', ...args]);

describe('vaultcast adopt, where the cluster refuses one Secret', () => {
  it('adopts the others, and exits with 1', async () => {
    await twoSecrets();

    const ran = await adoptBoth('app-1/nothing');

    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining('! refused  app-1/nothing') });
    expect(ran.out).toContain('app-1/pg done');
    expect(ran.out).toContain('app-1/mq done');
  });

  it('adopts the others when RBAC keeps one from being read, and shows RBAC’s own sentence', async () => {
    await twoSecrets({ authorize: (_user, _verb, _resource, namespace) => namespace !== 'app-9' });

    const ran = await adoptBoth('app-9/x');

    expect(ran.code).toBe(1);
    expect(ran.out).toContain(
      '! refused  app-9/x: secrets "x" is forbidden: User "operator" cannot get resource "secrets"',
    );
    expect(ran.out).toContain('app-1/mq done');
  });

  it('adopts the others when RBAC keeps one from being written, and shows RBAC’s own sentence', async () => {
    await twoSecrets({ authorize: (_user, verb) => verb !== 'update' });

    const ran = await adoptBoth();

    expect(ran.code).toBe(1);
    for (const name of ['pg', 'mq'])
      expect(ran.err).toContain(
        `app-1/${name} refused: secrets "${name}" is forbidden: User "operator" cannot`,
      );
  });

  it('adopts the others when a policy refuses one, and shows the policy’s own sentence', async () => {
    const why = 'Secrets of app-1 are changed by the database team only.';
    await twoSecrets({
      admit: ({ operation, name, user }) =>
        operation === 'UPDATE' && name === 'pg' && user === 'operator' ? why : undefined,
    });

    const ran = await adoptBoth();

    expect(ran.code).toBe(1);
    expect(ran.err).toContain(`app-1/pg refused: secrets "pg" is forbidden`);
    expect(ran.err).toContain(why);
    expect(ran.err).not.toMatch(/you may not|You need/);
    expect(ran.out).toContain('app-1/mq done');
  });

  it.each([
    ['whole', VALUE],
    ['encoded', base64(VALUE)],
  ])('does not show the sentence of a policy that repeats a value %s', async (_, value) => {
    await twoSecrets({ admit: ({ name }) => (name === 'pg' ? `bad value ${value}` : undefined) });

    const ran = await adoptBoth();

    expect(ran.err).toContain('app-1/pg refused: in words that repeat a value');
    expect(ran.out + ran.err).not.toContain(value);
  });

  it('adopts the others when the cluster fails on one', async () => {
    await twoSecrets();
    world.fixture.cluster.server.inject({
      fault: { kind: 'status', status: 500, body: 'oops' },
      when: ({ method, path }) => method === 'PUT' && path.endsWith('/pg'),
    });

    const ran = await adoptBoth();

    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringContaining('pg refused: the cluster answered 500'),
    });
    expect(ran.out).toContain('app-1/mq done');
  });

  it('stops where nothing would go: an unknown login, or nobody there', async () => {
    await twoSecrets();
    const unknown = await world.folder.file(
      'unknown',
      (await world.folder.read('kubeconfig')).replace('operator', 'nobody'),
    );
    const stranger = await adoptBoth('--kubeconfig', unknown);
    await world.fixture.cluster.server.down();
    const nobody = await adoptBoth();

    expect(stranger).toMatchObject({ code: 1, err: expect.stringContaining('does not know you (401)') });
    expect(nobody).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no answer from weu-1.*ECONNREFUSED/),
    });
  });
});
