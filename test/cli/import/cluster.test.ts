import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base64 } from '../../local/kubernetes/fixture.ts';
import { adoptWorld } from '../adopt/world.ts';
import type { AdoptWorld } from '../adopt/world.ts';
import { run } from '../run.ts';
import { externalSecret, one, STORE } from './importing.ts';

const VAULTS = { VAULTS: 'team=https://team.vault.azure.net' };

describe('vaultcast import of a cluster', () => {
  let world: AdoptWorld;

  beforeEach(async () => {
    world = await adoptWorld();
  });
  afterEach(() => world.stop());

  const ESO = '/apis/external-secrets.io';
  function install(version: string, objects: Readonly<Record<string, readonly object[]>>): void {
    world.serve(ESO, {
      versions: [{ version }],
      preferredVersion: { groupVersion: `external-secrets.io/${version}` },
    });
    for (const [resource, items] of Object.entries(objects)) {
      world.serve(`${ESO}/${version}/${resource}`, { items });
      world.serve(`${ESO}/${version}/namespaces/app-1/${resource}`, { items });
    }
  }
  const cli = (...args: string[]) =>
    run(['import', '--kubeconfig', world.kubeconfig, '--context', 'weu-1', ...args], {
      vault: world.vault,
      env: VAULTS,
    });

  it('reads what is installed, and calls its routes after the context', async () => {
    install('v1', { externalsecrets: [externalSecret()], secretstores: [STORE] });

    const ran = await cli('-o', 'yaml');

    expect(ran.code).toBe(0);
    expect(parse(ran.out)).toMatchObject({
      metadata: { name: 'app-1-pg' },
      spec: { clusters: { names: ['weu-1'] } },
    });
  });

  it('reads an older version of an API where that one is served', async () => {
    install('v1beta1', { externalsecrets: [externalSecret()], secretstores: [STORE] });

    expect((await cli()).out).toContain('1 converted.');
  });

  it('says that it does not know a version that it does not know', async () => {
    install('v7', { externalsecrets: [externalSecret()], secretstores: [STORE] });

    expect(await cli()).toMatchObject({
      code: 2,
      out: expect.stringContaining('version v7 of its API is not known'),
    });
  });

  it('takes the keys of a Secret where they stand nowhere else', async () => {
    const dataFrom = [{ extract: { key: 'app-1--json' } }];
    install('v1', {
      externalsecrets: [externalSecret({ dataFrom, data: [one('b', 'app-1--b')] })],
      secretstores: [STORE],
    });
    world.put({}, { data: { a: base64('1'), b: base64('2') } });

    const ran = await cli('-o', 'yaml');

    expect((parse(ran.out) as { spec: { data: object } }).spec.data).toEqual({
      a: { secret: 'app-1--json', property: 'a' },
      b: { secret: 'app-1--b' },
    });
    expect(ran.err).toContain('what is added in the vault is not taken along');
  });

  it.each([
    ['equal to it', {}, 0, 'equal      app-1/pg\n'],
    [
      'with another value',
      { data: { password: base64('x') } },
      2,
      'differs    app-1/pg: its content is not what the route would write: password has another value',
    ],
    ['of another type', { type: 'example.com/x' }, 2, 'differs    app-1/pg: its type is example.com/x'],
  ])('verifies a Secret that is %s', async (_, more, code, line) => {
    install('v1', { externalsecrets: [externalSecret()], secretstores: [STORE] });
    world.put({}, more);

    expect(await cli('--verify')).toMatchObject({ code, out: expect.stringContaining(line) });
  });

  it('verifies what is not there, whose secret is not in the vault, and what nobody may read', async () => {
    const objects = [externalSecret(), externalSecret({ data: [one('k', 'app-1--gone')] }, 'gone')];
    install('v1', { externalsecrets: objects, secretstores: [STORE] });
    world.fixture.cluster.put('app-1', { metadata: { name: 'gone' }, data: { k: base64('1') } });

    const ran = await cli('--verify');
    world.vault.people.forbid('team', 'rbac');
    world.put();
    const blind = await cli('--verify');

    expect(ran.code).toBe(2);
    expect(ran.out).toContain('absent     app-1/pg: the route makes it');
    expect(ran.out).toContain('differs    app-1/gone: the vault holds none of the secrets of its route');
    expect(blind.out).toMatch(/unknown {4}app-1\/pg: /);
  });

  it('goes on with what a person may see, and says what they may not', async () => {
    await world.stop();
    world = await adoptWorld({
      authorize: (_user, verb, resource) => !(verb === 'list' && resource === 'namespaces'),
    });
    install('v1', { externalsecrets: [externalSecret()], secretstores: [STORE] });
    const body = JSON.stringify({ kind: 'Status', message: 'secretstores is forbidden' });
    world.fixture.cluster.server.inject({
      fault: { kind: 'status', status: 403, body },
      when: ({ path }) => path.endsWith('/clustersecretstores'),
    });

    const all = await cli();
    const some = await cli('--namespace', 'app-1', '--namespace', 'app-9');

    expect(all).toMatchObject({
      code: 1,
      err: expect.stringContaining('Name those you may see with --namespace'),
    });
    expect(some.out).toContain('1 converted.');
    expect(some.err).toContain('Not read: ClusterSecretStore: secretstores is forbidden');
    expect(some.err).toContain('Not read: Namespace app-9: it does not exist');
  });

  it('reads lists page by page', async () => {
    world.serve(ESO, { versions: [{ version: 'v1' }] });
    world.serve(`${ESO}/v1/secretstores`, { items: [STORE] });
    const page = (items: readonly object[], next: string) => ({ items, metadata: { continue: next } });
    const path = `${ESO}/v1/externalsecrets`;
    const { server } = world.fixture.cluster;
    const answer = (object: object) =>
      ({ kind: 'status', status: 200, body: JSON.stringify(object) }) as const;
    server.inject({
      fault: answer(page([externalSecret()], 'more')),
      when: (request) => request.path === path && !request.query.has('continue'),
    });
    server.inject({
      fault: answer(page([externalSecret({}, 'mq')], '')),
      when: (request) => request.path === path && request.query.get('continue') === 'more',
    });

    expect((await cli()).out).toContain('2 converted.');
  });
});
