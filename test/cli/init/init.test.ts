import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { CliError } from '../../../shared/cli/terminal/failure.ts';
import { stored, writtenCluster } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { aFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';
import { run } from '../run.ts';
import type { Ran, RunOptions } from '../run.ts';
import { aSubscription, clusterId, IDENTITY, SUBSCRIPTION } from './azure.ts';
import { dialogue } from './dialogue.ts';

let folder: Folder;
let to: string[];
let env: Record<string, string>;

beforeEach(async () => {
  folder = await aFolder();
  to = ['--folder', join(folder.path, 'registry')];
  env = { VAULTCAST_CONFIG: join(folder.path, 'config.yaml') };
});
afterEach(() => folder.remove());

const init = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  run(['init', ...to, ...args], { env, arm: aSubscription(), ...options });
const documents = async (name: string): Promise<unknown[]> =>
  parseAllDocuments(await folder.read(`registry/${name}`)).map((one): unknown => one.toJS());

describe('vaultcast init', () => {
  it('finds deployment, vaults and clusters by flags alone, and writes documents and the context', async () => {
    const ran = await init(['--cluster', 'weu-1', '--namespace', 'app-1']);

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(await documents('clusters.yaml')).toEqual([
      {
        apiVersion: 'vaultcast.dev/v1',
        kind: 'Cluster',
        metadata: { name: 'weu-1' },
        spec: { aks: clusterId('weu-1') },
      },
    ]);
    expect(await documents('app-1.yaml')).toMatchObject([
      {
        kind: 'Route',
        metadata: { name: 'app-1' },
        spec: { vault: 'team', prefix: 'app-1--', clusters: { names: ['weu-1'] }, namespaces: ['app-1'] },
      },
    ]);
    expect(parse(await folder.read('config.yaml'))).toMatchObject({
      currentContext: 'prod',
      contexts: {
        prod: {
          registry: 'https://rgprod.table.core.windows.net',
          storage: 'https://stprod.queue.core.windows.net',
          vaults: { team: 'https://team.vault.azure.net' },
          instance: 'vaultcast-prod',
        },
      },
    });
  });

  it('asks a person for what no flag says, and again for what is not there', async () => {
    const arm = aSubscription();
    const ran = await dialogue(['init', ...to], { env, arm }, [
      ['Which clusters', '3'],
      ['Which clusters', '1, weu-1'],
      ['First namespace', 'app-2'],
      ['Which secrets', ''],
    ]);

    expect(ran.code).toBe(0);
    expect(ran.err).toContain('  1  neu-1 in neu\n  2  weu-1 in weu\n');
    expect(ran.err).toContain('There is no 3.');
    expect(await documents('clusters.yaml')).toHaveLength(2);
    expect(await documents('app-2.yaml')).toMatchObject([
      { spec: { prefix: 'app-2--', clusters: { names: ['neu-1', 'weu-1'] } } },
    ]);
    expect(ran.out).toContain(`CLUSTER_HOSTS of the app does not allow ${clusterId('neu-1', 'neu')}`);
  });

  it('prints the commands that are left, with the names that it found', async () => {
    const { out } = await init(['--cluster', 'weu-1', '--namespace', 'app-1']);
    const next = out
      .slice(out.indexOf('Next:'))
      .split('\n')
      .map((line) => line.trim());

    expect(next).toEqual([
      'Next:',
      'Roles and policies in each cluster: infra/kubernetes/README.md, once.',
      `vaultcast namespace app-1 --accept team/app-1-- --user ${IDENTITY} | kubectl apply --context weu-1 --server-side --field-manager vaultcast -f -`,
      `vaultcast apply -f ${to[1]}/`,
      'vaultcast check weu-1',
      'az keyvault secret set --vault-name team --name app-1--postgres--password --value "$(openssl rand -base64 24)"',
      'vaultcast explain app-1--postgres--password',
      '',
    ]);
  });

  it('writes what apply takes', async () => {
    await init(['--cluster', 'weu-1', '--namespace', 'app-1']);
    const registry = fakeRegistry(stored(writtenCluster('other')));
    const ran = await run(['apply', '-f', join(folder.path, 'registry'), '--yes', '--no-reconcile'], {
      registry,
    });
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('Route app-1 created') });
  });

  it('asks Azure nothing where flags say everything', async () => {
    const given = [
      '--registry-account',
      'rgprod',
      '--storage',
      'stprod',
      '--vault-url',
      'team=https://team.vault.azure.net',
    ];
    const arm = aSubscription();
    const ran = await init(
      [...given, '--cluster', clusterId('Weu_1'), '--namespace', 'app-1', '--name', 'mine'],
      { arm },
    );

    expect(ran.code).toBe(0);
    expect(arm.asked).toEqual([]);
    expect(await documents('clusters.yaml')).toMatchObject([{ metadata: { name: 'weu-1' } }]);
    expect(ran.out).toContain('--user OBJECT_ID_OF_THE_APPS_IDENTITY');
    expect(parse(await folder.read('config.yaml'))).toMatchObject({ currentContext: 'mine' });
  });

  it('tells two clusters of one name apart by their groups', async () => {
    const arm = aSubscription({ clusters: [clusterId('aks', 'weu'), clusterId('aks', 'RG_neu')] });
    const names = [clusterId('aks', 'weu'), clusterId('aks', 'RG_neu')].flatMap((id) => ['--cluster', id]);
    await init(names, { arm });

    expect(await documents('clusters.yaml')).toMatchObject([
      { metadata: { name: 'aks-weu' } },
      { metadata: { name: 'aks-rg-neu' } },
    ]);
    expect(await init(['--cluster', 'aks'], { arm })).toMatchObject({
      code: 64,
      err: expect.stringContaining('several AKS clusters are called aks'),
    });
  });

  it('of the settings of the app shows and stores none but addresses and names', async () => {
    const ran = await init(['--cluster', 'weu-1', '--namespace', 'app-1']);
    const all =
      ran.out + ran.err + (await folder.read('config.yaml')) + (await folder.read('registry/app-1.yaml'));
    expect(all).not.toContain('n0-one-may-see-this');
  });

  it.each([
    ['no deployment', { sites: ['shop'] }, [], 1, 'there is no function app vaultcast-…'],
    ['no subscription', { subscriptions: [] }, [], 1, 'your sign-in sees no subscription'],
    ['an app that is not there', {}, ['--app', 'nope'], 1, 'there is no function app nope'],
    ['a cluster that is not there', {}, ['--cluster', 'nope'], 64, 'there is no AKS cluster nope'],
    ['nobody to choose clusters', {}, [], 64, 'Give --cluster NAME.'],
    [
      'two deployments and nobody to choose',
      { sites: ['vaultcast-a', 'vaultcast-b'] },
      [],
      64,
      'Give --app NAME.',
    ],
    [
      'a registry by connection string',
      { settings: { VAULTS: 'team=https://team.vault.azure.net' } },
      [],
      64,
      'REGISTRY__tableServiceUri',
    ],
    [
      'a prefix that is none',
      {},
      ['--cluster', 'weu-1', '--namespace', 'app-1', '--prefix', 'app-'],
      64,
      'makes no valid document',
    ],
    ['another cloud without https', {}, ['--arm', 'http://127.0.0.1:1'], 64, '--arm is no https address'],
    ['another cloud that is no address', {}, ['--arm', 'azure'], 64, '--arm is no https address'],
    ['an instance that is none', {}, ['--instance', 'a b'], 64, '--instance must be'],
  ])('writes nothing with %s', async (_, world, args, code, why) => {
    const ran = await init(args, { arm: aSubscription(world) });

    expect(ran).toMatchObject({ code, out: '', err: expect.stringContaining(why) });
    await expect(folder.read('config.yaml')).rejects.toThrow('ENOENT');
    await expect(folder.read('registry/clusters.yaml')).rejects.toThrow('ENOENT');
  });

  it('overwrites neither a document nor a context of another deployment', async () => {
    const args = ['--cluster', 'weu-1'];
    await init(args);
    const again = await init(args);
    const other = await init([...args, '--registry-account', 'other', '--name', 'prod']);

    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('there is already') });
    expect(other).toMatchObject({
      code: 1,
      err: expect.stringContaining('context prod of another deployment'),
    });
  });

  it('shows Azure’s own words where it refuses, and what does without it', async () => {
    const list = () =>
      Promise.reject(new CliError('Azure Resource Manager: 403 AuthorizationFailed: no', 'Reader'));
    const ran = await init(['--subscription', SUBSCRIPTION], { arm: { ...aSubscription(), list } });
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining('AuthorizationFailed') });
  });
});
