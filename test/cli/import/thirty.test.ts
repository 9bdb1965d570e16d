import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { base64 } from '../../local/kubernetes/fixture.ts';
import { adoptWorld } from '../adopt/world.ts';
import type { AdoptWorld } from '../adopt/world.ts';
import { stored, writtenCluster } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { run } from '../run.ts';
import type { Imported } from './importing.ts';
import { leftSecrets, NAMESPACE } from './tools.ts';
import { thirty } from './thirty.ts';
import type { Thirty } from './thirty.ts';

let world: AdoptWorld;
let all: Thirty;
let imported: Imported;

const GROUPS: Readonly<Record<string, readonly [group: string, version: string]>> = {
  externalsecrets: ['external-secrets.io', 'v1'],
  clusterexternalsecrets: ['external-secrets.io', 'v1'],
  secretstores: ['external-secrets.io', 'v1'],
  clustersecretstores: ['external-secrets.io', 'v1'],
  azurekeyvaultsecrets: ['spv.no', 'v2beta1'],
  secretproviderclasses: ['secrets-store.csi.x-k8s.io', 'v1'],
};

/** The API server serves the objects of all kinds; one of an older version comes in the newer one, as it would. */
function serveObjects(): void {
  const objects = all.cases.map(({ object }) => object);
  for (const [group, version] of Object.values(GROUPS))
    world.serve(`/apis/${group}`, {
      versions: [{ version }],
      preferredVersion: { groupVersion: `${group}/${version}` },
    });
  for (const [resource, [group, version]] of Object.entries(GROUPS)) {
    const items = objects.filter(({ kind }) => `${kind.toLowerCase()}s` === resource.replace(/sses$/, 'sss'));
    world.serve(`/apis/${group}/${version}/${resource}`, { items });
    world.serve(`/apis/${group}/${version}/namespaces/${NAMESPACE}/${resource}`, { items });
  }
}

const cli = (args: readonly string[], registry = fakeRegistry()) =>
  run(args, { registry, vault: world.vault, status: world.status, env: { INSTANCE: 'prod' } });

beforeAll(async () => {
  world = await adoptWorld();
  const { cluster, authority } = world.fixture;
  all = thirty({ vaultUrl: 'https://team.vault.azure.net', web: await authority.issue(['web.example.com']) });
  cluster.createNamespace('other');
  for (const [name, { value, contentType }] of Object.entries(all.vault))
    world.vault.people.set('team', name, value, contentType === undefined ? {} : { contentType });
  serveObjects();
  for (const secret of leftSecrets(all.cases, () => 'u')) cluster.put(NAMESPACE, secret);
  const context = ['--kubeconfig', world.kubeconfig, '--context', 'weu-1'];
  const ran = await cli(['import', ...context, '--verify', '-o', 'json']);
  imported = { ran, ...(JSON.parse(ran.out) as Omit<Imported, 'ran'>) };
});
afterAll(() => world.stop());

describe('a namespace of thirty manifests', () => {
  it('is converted as far as it can be, and each object is accounted for', () => {
    const makers = all.cases.filter(({ expect: expected }) => expected !== 'store');
    const wanted = makers.map(
      ({ object, expect: expected }) => `${object.kind} ${object.metadata.name} ${expected}`,
    );
    const found = imported.items.flatMap(({ result, from }) =>
      from.map(({ kind, name }) => `${kind} ${name} ${result}`),
    );

    expect(all.cases).toHaveLength(30);
    expect(new Set(found)).toEqual(new Set(wanted));
  });

  it('is equal to what its routes make, but for what the report said differs', () => {
    const made = all.cases.flatMap(({ makes = [] }) => makes);
    const wanted = made.map(({ name, differs }) => [
      `${NAMESPACE}/${name}`,
      differs === undefined ? 'equal' : 'differs',
    ]);

    expect(Object.fromEntries(imported.verified.map(({ secret, result }) => [secret, result]))).toEqual(
      Object.fromEntries(wanted),
    );
    expect(imported.verified.find(({ secret }) => secret === `${NAMESPACE}/web`)?.why).toContain(
      'tls.key has another value',
    );
    expect(imported.ran.code).toBe(2);
  });

  it('shows no value, neither of the vault nor of a Secret', () => {
    const { out, err } = imported.ran;
    for (const { value } of Object.values(all.vault).filter((one) => one.value.length > 4)) {
      expect(out + err).not.toContain(value);
      expect(out + err).not.toContain(base64(value));
    }
  });

  it('is adopted as a whole with one command, after consent, and nothing in it changes', async () => {
    const { cluster } = world.fixture;
    const registry = fakeRegistry(stored(writtenCluster('weu-1', { server: cluster.url })));
    const yaml = imported.routes.map((route) => stringify(route)).join('---\n');
    const applied = await run(['apply', '-f', '-', '--yes'], { registry, stdin: yaml });
    const before = new Map(cluster.secrets().map((secret) => [secret.metadata.name, secret]));
    cluster.annotate(NAMESPACE, {
      'vaultcast.dev/accept': 'team/app-1--,team/shared--smtp--password,team/shared--ca',
    });
    const names = imported.verified.map(({ secret }) => secret);
    const args = ['adopt', '--kubeconfig', world.kubeconfig, '--yes', '--force-owner', ...names];

    const ran = await cli(args, registry);

    expect(applied.code).toBe(0);
    expect(ran.out.match(/ done$/gm)).toHaveLength(names.length - 1);
    expect(ran.out).toContain(
      `! refused  ${NAMESPACE}/web: its content is not what the route would write: tls.key has another value`,
    );
    for (const secret of cluster.secrets()) {
      const was = before.get(secret.metadata.name);
      expect(secret).toMatchObject({
        data: was?.data,
        type: was?.type,
        metadata: { uid: was?.metadata.uid },
      });
    }
    expect((await cli(args, registry)).out.match(/adopted already/g)).toHaveLength(names.length - 1);
  });
});
