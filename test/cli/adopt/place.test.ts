import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { run } from '../run.ts';
import { aRow } from '../rows.ts';
import { adoptWorld } from './world.ts';
import type { AdoptWorld } from './world.ts';

const SIGNAL = new AbortController().signal;
const AKS =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/weu-1';
let world: AdoptWorld;

beforeEach(async () => {
  world = await adoptWorld();
  world.put();
});
afterEach(() => world.stop());

const adoptPg = (args: readonly string[] = [], more: Parameters<AdoptWorld['adopt']>[1] = {}) =>
  world.adopt(['--route', 'app-1', '--yes', 'app-1/pg', ...args], more);

/** A Secret of the app's own, beside the one to adopt, and its row. */
async function delivered(instance: string, row: object = {}): Promise<void> {
  const { metadata } = world.fixture.cluster.put('app-1', {
    metadata: {
      name: 'mq',
      labels: { 'app.kubernetes.io/managed-by': 'vaultcast', 'vaultcast.dev/instance': instance },
      annotations: { 'vaultcast.dev/target': 'weu-1/app-1/mq' },
    },
  });
  const known = aRow({ id: 'app-1:mq', uid: metadata.uid, ...row });
  await world.status.saveTargets([{ row: known, over: 'any' }], SIGNAL);
}

const elsewhere = (more: Record<string, unknown> = {}) =>
  fakeRegistry(stored(writtenCluster('weu-1', more)), stored(writtenRoute()));

describe('vaultcast adopt, before it takes anything', () => {
  it('refuses a context that is another cluster than the one named', async () => {
    const { metadata } = world.pg() ?? {};

    const ran = await adoptPg(['--cluster', 'neu-1']);

    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toMatch(/context weu-1 is https:\/\/weu-1\.k8s\.localhost:\d+, Cluster neu-1 is https:/);
    expect(ran.err).toContain('--same-cluster');
    expect(world.pg()?.metadata.resourceVersion).toBe(metadata?.resourceVersion);
  });

  it('takes a person’s word that two addresses are one cluster', async () => {
    expect((await adoptPg(['--same-cluster'], { registry: elsewhere() })).code).toBe(0);
  });

  it('needs no such word where a Secret that the app delivered stands in that cluster', async () => {
    await delivered('prod');

    expect((await adoptPg([], { registry: elsewhere() })).code).toBe(0);
  });

  it.each([
    ['was made again since', { uid: 'another' }],
    ['is gone', { id: 'app-1:gone' }],
  ])('does not take a Secret for that proof that %s', async (_, row) => {
    await delivered('prod', row);

    expect((await adoptPg([], { registry: elsewhere() })).err).toContain('--same-cluster');
  });

  it('compares the address that the app looked up of an AKS cluster', async () => {
    const registry = elsewhere({ server: undefined, credential: undefined, aks: AKS });
    const at = (server: string, armId = AKS.toLowerCase()) => ({
      registry,
      endpoints: { 'weu-1': { armId, server, ca: 'x', login: 'entra', lookedUpAt: 0 } as const },
    });

    const unknown = await adoptPg([], { registry });
    const other = await adoptPg([], at('https://other.hcp.westeurope.azmk8s.io:443'));
    const stale = await adoptPg(
      [],
      at(world.fixture.cluster.url, AKS.toLowerCase().replace('/rg/', '/old/')),
    );
    const same = await adoptPg([], at(`${world.fixture.cluster.url}/`));

    expect(unknown.err).toContain('vaultcast check weu-1');
    expect(other.err).toContain('Cluster weu-1 is https://other.hcp.westeurope.azmk8s.io:443');
    expect(stale.err).toContain('vaultcast check weu-1');
    expect(same.code).toBe(0);
  });

  it('refuses an instance that is not the one of what the app delivered there', async () => {
    await delivered('vaultcast-prod');

    const ran = await adoptPg();

    expect(ran).toMatchObject({ code: 64, out: '' });
    expect(ran.err).toContain('what the app delivered to weu-1 is of instance vaultcast-prod, not prod');
    expect(world.pg()?.metadata).not.toHaveProperty('labels');
  });

  it('takes the instance of what the app delivered there when none is given', async () => {
    await delivered('vaultcast-prod');
    const { kubeconfig, status, vault } = world;
    const registry = fakeRegistry(
      stored(writtenCluster('weu-1', { server: world.fixture.cluster.url })),
      stored(writtenRoute()),
    );

    const ran = await run(['adopt', '--kubeconfig', kubeconfig, '--route', 'app-1', '--yes', 'app-1/pg'], {
      registry,
      status,
      vault,
    });

    expect(ran.code).toBe(0);
    expect(world.pg()?.metadata.labels?.['vaultcast.dev/instance']).toBe('vaultcast-prod');
  });

  it('does not take another deployment’s Secret for its own, though the app wrote down that it met it', async () => {
    await delivered('somebody-else', { state: 'refused', code: 'NOT_OURS' });

    expect((await adoptPg()).code).toBe(0);
  });

  it('asks for the instance, or warns of the one given, where nothing shows which it is', async () => {
    const { kubeconfig, status, vault } = world;
    const registry = fakeRegistry(
      stored(writtenCluster('weu-1', { server: world.fixture.cluster.url })),
      stored(writtenRoute()),
    );
    const args = ['adopt', '--kubeconfig', kubeconfig, '--route', 'app-1', '--yes', 'app-1/pg'];

    const without = await run(args, { registry, status, vault });
    const given = await run(args, { registry, status, vault, env: { INSTANCE: 'prod' } });

    expect(without).toMatchObject({ code: 64, err: expect.stringContaining('Give --instance') });
    expect(given).toMatchObject({
      code: 0,
      err: expect.stringContaining('Nothing in weu-1 shows yet that prod is the name of the deployment'),
    });
  });

  it('goes on by the address for a person who may not read what the app wrote down', async () => {
    world.status.fail({ code: 'STATUS_UNAVAILABLE' });

    const ran = await adoptPg();

    expect(ran.code).toBe(0);
    expect(ran.err).toContain('What the app delivered to weu-1 could not be read');
  });
});
