import { readFile, readdir, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';

import { KINDS } from '../../shared/cli/import/kinds.ts';
import { aFolder, type Folder } from '../cli/folder.ts';
import { thirty, type Thirty } from '../cli/import/thirty.ts';
import { leftSecrets, NAMESPACE, type Case } from '../cli/import/tools.ts';
import { execute, type Executed } from '../cli/packed.ts';
import type { RawSecret } from '../support/contracts/kubernetes/bench.ts';
import type { Manifest } from '../support/replacements.ts';
import { apply } from './cluster/apply.ts';
import { installKinds } from './custom-resources.ts';
import type { FleetCluster } from './fleet/member.ts';
import { startFleet, type Fleet } from './fleet/start.ts';
import { untilLetIn, WITHIN } from './cluster/policies.ts';
import { watchSecrets, type SecretWatch } from './watch.ts';

const root = join(import.meta.dirname, '../..');
let fleet: Fleet;
let weu: FleetCluster;
let folder: Folder;
let all: Thirty;
let watch: SecretWatch;
let before: ReadonlyMap<string, RawSecret>;
let env: Record<string, string>;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The built command, as a person runs it: with their kubeconfig and a sign-in that the vault knows. */
const vaultcast = (...args: string[]): Promise<Executed> =>
  execute(process.execPath, [join(root, 'dist/cli/vaultcast.js'), ...args], { cwd: folder.path, env });
const ofCluster = () => ['--kubeconfig', join(folder.path, 'kubeconfig'), '--context', 'weu-1'];
const adopt = (...args: string[]): Promise<Executed> =>
  vaultcast('adopt', ...ofCluster(), '--instance', 'vaultcast-local', '--yes', ...args);

const left = (): Case[] => all.cases.filter(({ makes = [] }) => makes.length > 0);
const names = (): string[] => left().flatMap(({ makes = [] }) => makes.map(({ name }) => name));
/** Those that can be adopted: one of them has a key in another spelling. */
const adoptable = (): string[] => names().filter((name) => name !== 'web');
const placesOf = (secrets: readonly string[]): string[] => secrets.map((name) => `${NAMESPACE}/${name}`);

beforeAll(async () => {
  [fleet, folder] = [await startFleet(['weu-1']), await aFolder()];
  [weu] = fleet.clusters as [FleetCluster];
  const { trust, vault } = fleet.stack;
  all = thirty({ vaultUrl: vault.url('team'), web: await trust.authority.issue(['web.example.com']) });
  for (const [name, { value, contentType }] of Object.entries(all.vault))
    vault.set('team', name, value, contentType === undefined ? {} : { contentType });
  await weu.people.createNamespace(NAMESPACE);
  await installKinds(weu.server.admin, KINDS);
  const uids = await createObjects();
  for (const secret of leftSecrets(
    all.cases,
    ({ kind, metadata }) => uids.get(`${kind} ${metadata.name}`) ?? 'none',
  ))
    await weu.people.put(NAMESPACE, secret);
  before = new Map(await Promise.all(names().map(async (name) => [name, await secretOf(name)] as const)));
  await prepareCommand();
  await letWatch('watcher');
  watch = await watchSecrets(
    weu.server,
    await trust.tokens.issue(trust.audience, { oid: 'watcher' }),
    NAMESPACE,
  );
});
afterAll(async () => {
  await watch?.stop();
  await fleet?.stop();
  await folder?.remove();
});

async function letWatch(oid: string): Promise<void> {
  const group = 'rbac.authorization.k8s.io';
  const body = {
    metadata: { name: 'watcher' },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: group, kind: 'User', name: oid }],
  };
  const path = `/apis/${group}/v1/namespaces/${NAMESPACE}/rolebindings`;
  expect(await weu.server.admin(path, { method: 'POST', body })).toMatchObject({ status: 201 });
}

const pathOf = ({ apiVersion, kind, metadata }: Case['object']): string => {
  const resource = KINDS.find((one) => one.kind === kind)?.resource ?? kind;
  const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `/apis/${apiVersion}${scope}/${resource}`;
};

/** `ExternalSecret pg` -> its uid. */
async function createObjects(): Promise<Map<string, string>> {
  const uids = new Map<string, string>();
  for (const { object } of all.cases) {
    const reply = await weu.server.admin(pathOf(object), { method: 'POST', body: object });
    expect(reply).toMatchObject({ status: 201 });
    uids.set(`${object.kind} ${object.metadata.name}`, (reply.body as RawSecret).metadata.uid ?? '');
  }
  return uids;
}

async function secretOf(name: string): Promise<RawSecret> {
  const found = await weu.people.secret(NAMESPACE, name);
  if (found === undefined) throw new Error(`there is no Secret ${name}`);
  return found;
}

async function prepareCommand(): Promise<void> {
  const { trust, storage, vault } = fleet.stack;
  const { cert, key } = await trust.authority.issueClient('admin', 'system:masters');
  const cluster = { server: weu.server.url, 'certificate-authority-data': base64(weu.server.caPem) };
  const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'weu', cluster }],
    users: [{ name: 'me', user }],
    contexts: [{ name: 'weu-1', context: { cluster: 'weu', user: 'me' } }],
  };
  await writeFile(join(folder.path, 'kubeconfig'), stringify(kubeconfig), { mode: 0o600 });
  await writeFile(join(folder.path, 'ca.pem'), trust.authority.caPem);
  env = {
    NODE_EXTRA_CA_CERTS: join(folder.path, 'ca.pem'),
    NODE_OPTIONS: `--import ${pathToFileURL(join(root, 'test/local/network/dns.mjs')).href}`,
    IDENTITY_ENDPOINT: trust.tokens.identityEndpoint,
    IDENTITY_HEADER: trust.tokens.identityHeader,
    AZURE_CLIENT_ID: '11111111-2222-3333-4444-555555555555',
    VAULTS: `team=${vault.url('team')}`,
    REGISTRY: storage.connectionString,
    AzureWebJobsStorage: storage.connectionString,
  };
}

/** Every document of the files that import wrote into a folder. */
async function writtenIn(name: string): Promise<unknown[]> {
  const path = join(folder.path, 'moved', name);
  const texts = await Promise.all((await readdir(path)).map((file) => readFile(join(path, file), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document): unknown => document.toJS()));
}

/** Until the watch has heard of what the API server has: what it then knows is all that anybody could have seen. */
async function heardOfAll(): Promise<void> {
  const live = await Promise.all(names().map(secretOf));
  const heard = () => new Set(watch.events.map(({ object }) => object.metadata.resourceVersion));
  for (const { metadata } of live) await expect.poll(heard, WITHIN).toContain(metadata.resourceVersion);
}

/** What anybody who reads the Secrets saw change, of those that were never rotated: nothing. */
async function expectUndisturbed(rotated: readonly string[] = []): Promise<void> {
  await heardOfAll();
  const seen = watch.events.filter(({ object }) => before.has(object.metadata.name));
  expect(seen.filter(({ type }) => type === 'DELETED')).toEqual([]);
  const changed = seen.filter(({ object: { metadata, data } }) => {
    const was = before.get(metadata.name);
    return JSON.stringify(data) !== JSON.stringify(was?.data) || metadata.uid !== was?.metadata.uid;
  });
  expect(new Set(changed.map(({ object }) => object.metadata.name))).toEqual(new Set(rotated));
}

describe('a namespace of thirty mixed manifests moves over', { timeout: 120_000 }, () => {
  it('is imported from the API server, and verified equal but for what the report says', async () => {
    const domain = new URL(fleet.stack.vault.url('team')).host.replace(/^team\./, '');
    const user = ['--user', fleet.stack.trust.tokens.objectId];
    const to = ['--write', 'moved', '--vault-domain', domain, '-o', 'json'];

    const ran = await vaultcast('import', ...ofCluster(), '--verify', ...user, ...to);

    expect(ran.err).not.toContain('Not read');
    const { items, verified } = JSON.parse(ran.out) as {
      items: { result: string; from: { kind: string; name: string }[] }[];
      verified: { secret: string; result: string }[];
    };
    const found = items.flatMap(({ result, from }) =>
      from.map(({ kind, name }) => `${kind} ${name} ${result}`),
    );
    const makers = all.cases.filter((one) => one.expect !== 'store');
    expect(new Set(found)).toEqual(
      new Set(makers.map(({ object, expect: wanted }) => `${object.kind} ${object.metadata.name} ${wanted}`)),
    );
    expect(verified.filter(({ result }) => result !== 'equal')).toMatchObject([
      { secret: `${NAMESPACE}/web`, result: 'differs' },
    ]);
    expect(verified).toHaveLength(names().length);
    expect(ran.code).toBe(2);
  });

  it('is not adopted while the other tools hold it', async () => {
    expect(await vaultcast('apply', '-f', 'moved/registry', '--yes', '--no-reconcile')).toMatchObject({
      code: 0,
    });
    await apply(weu.server.admin, (await writtenIn('consent')) as Manifest[]);

    const ran = await adopt(...placesOf(adoptable()));

    expect(ran.code).toBe(1);
    expect(ran.out.match(/^! refused/gm)).toHaveLength(adoptable().length);
    expect(ran.out).toContain('it is owned by ExternalSecret pg');
    expect(ran.out).toContain('ExternalSecret orphan of External Secrets Operator writes it');
    expect(ran.out).toContain('it is owned by SecretProviderClass volume');
    await expectUndisturbed();
  });

  it('is adopted when they have let go, owner references and marks or not; the app finds each as it should be', async () => {
    const pusher = weu.server.as(await fleet.stack.trust.tokens.issue(fleet.stack.trust.audience));
    await untilLetIn(pusher, NAMESPACE, 'app-1--');
    for (const { object } of all.cases) {
      const path = `${pathOf(object)}/${object.metadata.name}`;
      expect(await weu.server.admin(path, { method: 'DELETE' })).toMatchObject({ status: 200 });
    }

    const ran = await adopt('--wait', ...placesOf(adoptable()));
    const again = await adopt(...placesOf(adoptable()));

    expect(ran.out.match(/ done$/gm)).toHaveLength(adoptable().length);
    expect(ran.out).toMatch(new RegExp(`UNCHANGED ${adoptable().length}\\b`));
    expect(again).toMatchObject({ code: 0 });
    expect(again.out.match(/it is adopted already/g)).toHaveLength(adoptable().length);
    for (const name of adoptable())
      expect((await secretOf(name)).metadata).toMatchObject({
        uid: before.get(name)?.metadata.uid,
        labels: { 'vaultcast.dev/instance': 'vaultcast-local' },
      });
    await expectUndisturbed();
  });

  it('is rotated by the app from then on, and only what the secret feeds changes', async () => {
    const fed = ['pg', 'joined', 'found', 'csi-a'];

    await fleet.stack.rotate('app-1--pg--password', 'pg-pw-2');

    const valueOf = async (name: string) => Object.values((await secretOf(name)).data ?? {});
    for (const name of fed) await expect.poll(() => valueOf(name), WITHIN).toContain(base64('pg-pw-2'));
    await expectUndisturbed(fed);
  });

  it('is released back: its content stays, and the app touches it no more', async () => {
    const ran = await adopt('--release', ...placesOf(adoptable()));
    const { eventId } = await fleet.stack.rotate('app-1--pg--password', 'pg-pw-3');

    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('NOT_OURS') });
    const lines = await fleet.stack.outcomes(eventId, 4);
    expect(new Set(lines.map(({ code }) => code))).toEqual(new Set(['NOT_OURS']));
    for (const name of adoptable()) {
      const { metadata, data = {} } = await secretOf(name);
      expect(metadata.labels ?? {}).not.toHaveProperty('vaultcast.dev/instance');
      expect(Object.values(data)).not.toContain(base64('pg-pw-3'));
    }
    await expectUndisturbed(['pg', 'joined', 'found', 'csi-a']);
  });
});
