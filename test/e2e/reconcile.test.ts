import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { newRunId } from '../../shared/status/run.ts';
import { sendMessage } from '../local/stack/storage.ts';
import { clusterYaml } from '../local/stack/sites.ts';
import { routeYaml } from '../local/stack/tenancy.ts';
import type { RawSecret } from '../support/contracts/kubernetes/bench.ts';
import type { FleetCluster } from './fleet/member.ts';
import { startFleet, type Fleet } from './fleet/start.ts';
import { meanwhile } from './fleet/meanwhile.ts';
import { WITHIN } from './cluster/policies.ts';

/** More than one page of a list has. */
const COUNT = 510;
const BULK = Array.from({ length: COUNT }, (_, index) => `s${index}`);
const SINGLES = ['drift--disowned', 'gone--taken', 'gone--plain-one', 'left--edited', 'left--plain-one'];
const RUN_MS = 120_000;

let fleet: Fleet;
let weu: FleetCluster;
let neu: FleetCluster;
/** What others keep in the namespaces, as they made it. */
let foreign: RawSecret[];

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const valueOf = (secret: string, version = 1): string => `${secret}, version ${version}`;

/** As if it had been set hours ago: a secret that is younger than ten minutes is looked at once more by the next run. */
function setHoursAgo(hours: number, secret: string, value: string): void {
  fleet.stack.vault.set('team', secret, value, { created: Math.floor(Date.now() / 1000) - hours * 3600 });
}

async function anApp(app: string, clusters: FleetCluster[], spec: Record<string, unknown> = {}) {
  await Promise.all(clusters.map((cluster) => cluster.invite(app, `${app}--`)));
  const names = clusters.map(({ name }) => name);
  const route = { prefix: `${app}--`, namespaces: [app], clusters: { names }, ...spec };
  await fleet.stack.apply(routeYaml(app, route));
}

async function secretsIn({ server }: FleetCluster, namespace: string): Promise<RawSecret[]> {
  const { body } = await server.admin(`/api/v1/namespaces/${namespace}/secrets`);
  return (body as { items: RawSecret[] }).items;
}

async function addForeign({ people }: FleetCluster, namespace: string): Promise<void> {
  const managed = { 'app.kubernetes.io/managed-by': 'vaultcast' };
  const data = { password: base64('theirs') };
  await people.put(namespace, { metadata: { name: 'plain' }, data });
  const other = { ...managed, 'vaultcast.dev/instance': 'other' };
  await people.put(namespace, { metadata: { name: 'other-instance', labels: other }, data });
  const ours = { ...managed, 'vaultcast.dev/instance': 'vaultcast-local' };
  const annotations = { 'vaultcast.dev/target': 'weu-1/elsewhere/copy' };
  await people.put(namespace, { metadata: { name: 'copy', labels: ours, annotations }, data });
}

const NAMES = ['plain', 'other-instance', 'copy'];
const foreignIn = async (namespace: string): Promise<RawSecret[]> =>
  (await secretsIn(weu, namespace)).filter(({ metadata }) => NAMES.includes(metadata.name));
const allForeign = async (): Promise<RawSecret[]> =>
  (await Promise.all(['bulk', 'drift', 'gone', 'left'].map(foreignIn))).flat();

/** What a run asks of the vault and of each cluster. */
async function run(): Promise<{ values: string[]; lists: number; asked: string[][] }> {
  const heard = await Promise.all(fleet.clusters.map((cluster) => cluster.listen()));
  const before = fleet.stack.vault.server.requests.length;
  await fleet.reconcile(RUN_MS);
  const answered = fleet.stack.vault.server.requests.slice(before).filter(({ status }) => status !== 401);
  const values = answered
    .filter(({ path }) => path !== '/secrets')
    .map(({ path }) => path.split('/')[2] ?? '');
  const asked = await Promise.all(heard.map(async (requests) => (await requests()).toSorted()));
  return { values, lists: answered.length - values.length, asked };
}

beforeAll(async () => {
  fleet = await startFleet(['weu-1', 'neu-1']);
  [weu, neu] = fleet.clusters as [FleetCluster, FleetCluster];
  await anApp('bulk', [weu, neu]);
  await anApp('drift', [weu], { labels: { tier: 'backend' }, annotations: { 'example.com/owner': 'team' } });
  await anApp('gone', [weu], { onDeleted: 'remove' });
  await anApp('left', [weu]);
  for (const namespace of ['bulk', 'drift', 'gone', 'left']) await addForeign(weu, namespace);
  foreign = await allForeign();
  for (const name of BULK) setHoursAgo(9, `bulk--${name}--password`, valueOf(name));
  for (const kind of Object.keys(DRIFTS)) setHoursAgo(9, `drift--${kind}--password`, valueOf(kind));
  for (const secret of SINGLES) setHoursAgo(9, `${secret}--password`, 'value');
});
afterAll(() => fleet?.stop());

type Change = (secret: RawSecret) => RawSecret;

const relabelled = (labels: Record<string, string | undefined>): Change => changed('labels', labels);
const annotated = (annotations: Record<string, string | undefined>): Change =>
  changed('annotations', annotations);

function changed(field: 'labels' | 'annotations', values: Record<string, string | undefined>): Change {
  return (secret) => {
    const merged = Object.entries({ ...secret.metadata[field], ...values });
    const kept = merged.filter((entry): entry is [string, string] => entry[1] !== undefined);
    return { ...secret, metadata: { ...secret.metadata, [field]: Object.fromEntries(kept) } };
  };
}

/** What people do by hand; undefined: they delete it. */
const DRIFTS: Record<string, Change | undefined> = {
  value: (secret) => ({ ...secret, data: { password: base64('edited') } }),
  'more-keys': (secret) => ({ ...secret, data: { ...secret.data, more: base64('added') } }),
  'no-keys': (secret) => ({ ...secret, data: {} }),
  'label-of-the-route': relabelled({ tier: undefined }),
  'annotation-of-the-route': annotated({ 'example.com/owner': 'somebody else' }),
  'recorded-sources': annotated({ 'vaultcast.dev/sources': undefined }),
  'forged-sources': annotated({ 'vaultcast.dev/sources': `team/drift--other--password@${'0'.repeat(32)}:1` }),
  'recorded-route': annotated({ 'vaultcast.dev/route': undefined }),
  immutable: (secret) => ({ ...secret, data: { password: base64('edited') }, immutable: true }),
  type: (secret) => ({ ...secret, type: 'example.com/other' }),
  deletion: undefined,
};

/** Kubernetes lets nobody change a type: people delete the Secret and create it anew. */
async function byHand(name: string, change: Change | undefined): Promise<unknown> {
  if (change === undefined) return weu.people.remove('drift', name);
  const before = await weu.people.secret('drift', name);
  if (before === undefined) throw new Error(`there is no Secret ${name}`);
  const after = change(before);
  if (after.type === before.type) return weu.people.put('drift', after);
  await weu.people.remove('drift', name);
  const { uid: _, resourceVersion: __, ...metadata } = after.metadata;
  return weu.people.put('drift', { ...after, metadata });
}

const LISTS = ['list namespaces', 'list secrets bulk', 'list secrets bulk'];
const LISTS_OF_WEU = [...LISTS, 'list secrets drift', 'list secrets gone', 'list secrets left'];
const isWrite = (request: string): boolean => !/^(get|list) /.test(request);

describe('a run', () => {
  it('brings everything that no event has brought', { timeout: RUN_MS }, async () => {
    await run();
    for (const cluster of fleet.clusters) {
      const made = (await secretsIn(cluster, 'bulk')).filter(({ metadata }) => BULK.includes(metadata.name));
      expect(made).toHaveLength(COUNT);
      for (const { metadata, data } of made)
        expect(data).toEqual({ password: base64(valueOf(metadata.name)) });
    }
  });

  it('reads no value, writes nothing and asks for lists alone when nothing has changed', async () => {
    const { tables } = fleet.stack.storage;
    const before = tables.requests.length;
    const { values, lists, asked } = await run();

    expect(values).toEqual([]);
    expect(lists).toBe(Math.ceil((COUNT + Object.keys(DRIFTS).length + SINGLES.length) / 25));
    expect(asked).toEqual([LISTS_OF_WEU, LISTS]);
    const writes = tables.requests.slice(before).filter(({ method }) => method !== 'GET');
    expect(writes.filter(({ path }) => !path.includes('Runs'))).toEqual([]);
  });

  it('writes only the targets of the one secret that changed', async () => {
    setHoursAgo(1, 'bulk--s7--password', valueOf('s7', 2));
    const { values, asked } = await run();

    expect(new Set(values)).toEqual(new Set(['bulk--s7--password']));
    const [ofWeu, ofNeu] = asked.map((requests) => requests.filter((request) => !request.startsWith('list')));
    const expected = ['get namespaces bulk', 'get secrets bulk/s7', 'update secrets bulk/s7'];
    expect(ofWeu).toEqual(expected);
    expect(ofNeu).toEqual(expected);
    expect(await neu.value('bulk', 's7', 'password')).toBe(valueOf('s7', 2));
  });
});

describe('what people changed by hand', () => {
  const before = new Map<string, RawSecret>();
  let asked: string[][];
  let disowned: RawSecret;

  beforeAll(async () => {
    for (const secret of await secretsIn(weu, 'drift')) before.set(secret.metadata.name, secret);
    for (const [name, change] of Object.entries(DRIFTS)) await byHand(name, change);
    disowned = await weu.people.edit(
      'drift',
      'disowned',
      relabelled({ 'app.kubernetes.io/managed-by': undefined }),
    );
    await weu.people.edit('bulk', 's8', relabelled({ 'example.com/team': 'blue' }));
    ({ asked } = await run());
  }, RUN_MS);

  it.each(Object.keys(DRIFTS))('is as it was: %s', async (name) => {
    const was = before.get(name);
    const is = await weu.people.secret('drift', name);
    expect(is?.data).toEqual({ password: base64(valueOf(name)) });
    expect(is).toMatchObject({ type: 'Opaque', metadata: { labels: was?.metadata.labels } });
    expect(is?.metadata.annotations).toEqual(was?.metadata.annotations);
    expect(is?.immutable).toBeUndefined();
  });

  it('a run costs nothing where nobody changed anything', () => {
    expect(asked[1]).toEqual(LISTS);
  });

  it('what is no matter of ours stays: labels of others, and a Secret that was taken from us', async () => {
    expect((await weu.people.secret('bulk', 's8'))?.metadata.labels).toMatchObject({
      'example.com/team': 'blue',
    });
    expect(asked[0]).not.toContain('update secrets bulk/s8');
    expect(await weu.people.secret('drift', 'disowned')).toEqual(disowned);
  });

  it('what one run has mended is not written by the next', async () => {
    const [ofWeu = []] = (await run()).asked;
    expect(ofWeu.filter(isWrite)).toEqual([]);
  });
});

describe('a Secret that is to go', () => {
  const push = (secret: string) =>
    sendMessage(fleet.stack.storage, 'reconcile', {
      kind: 'push',
      run: newRunId(Date.now()),
      vault: 'team',
      secret,
      removeNow: true,
    });

  it('a Secret goes with its last source, unless somebody changed it meanwhile and it is no longer ours', async () => {
    const requests = await weu.listen();
    for (const name of ['taken', 'plain-one']) fleet.stack.vault.delete('team', `gone--${name}--password`);
    const taken = meanwhile(fleet.stack, 'gone--taken', () =>
      weu.people.edit('gone', 'taken', relabelled({ 'vaultcast.dev/instance': 'other' })),
    );
    await push('gone--taken--password');
    await taken;
    await expect.poll(requests, WITHIN).toContain('delete secrets gone/taken 409');
    await push('gone--plain-one--password');
    await expect.poll(requests, WITHIN).toContain('delete secrets gone/plain-one');

    expect(await weu.value('gone', 'taken', 'password')).toBe('value');
    expect(await weu.people.secret('gone', 'plain-one')).toBeUndefined();
  });

  it('a Secret is kept while its route has been gone for less than an hour', async () => {
    await fleet.stack.apply(
      clusterYaml(weu.server, { env: 'prod' }).replace('spec:', 'spec:\n  orphans: remove'),
    );
    await fleet.stack.vaultcast(['delete', 'route', 'left', '--yes']);
    const before = await secretsIn(weu, 'left');
    await run();
    await run();
    expect(await secretsIn(weu, 'left')).toEqual(before);
  });

  it('a Secret goes when its route has been gone for an hour, unless somebody changed it meanwhile', async () => {
    await anHourPasses('left:');
    const requests = await weu.listen();
    const slow = fleet.stack.storage.tables.inject({
      fault: { kind: 'delay', ms: 2000 },
      when: ({ path }) => path.includes('Routes'),
    });
    const running = fleet.reconcile(RUN_MS);
    await expect.poll(requests, WITHIN).toContain('get secrets left/edited');
    const edited = await weu.people.edit('left', 'edited', relabelled({ 'example.com/team': 'blue' }));
    await running;
    slow();

    expect(await weu.people.secret('left', 'edited')).toEqual(edited);
    expect(await weu.people.secret('left', 'plain-one')).toBeUndefined();
    expect(await requests()).toContain('delete secrets left/edited 409');
  });
});

/** For the proofs of removals: the hour stands in their rows. */
async function anHourPasses(prefix: string): Promise<void> {
  const { connectionString } = fleet.stack.storage;
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(connectionString, 'Targets', options);
  for await (const { partitionKey = '', rowKey = '', removal } of table.listEntities()) {
    if (!rowKey.startsWith(prefix)) continue;
    const earlier = String(removal).replace(/"at":(\d+)/, (_, at) => `"at":${Number(at) - 3_700_000}`);
    await table.updateEntity({ partitionKey, rowKey, removal: earlier }, 'Merge');
  }
}

describe('what others keep beside it', () => {
  it('what others keep in the clusters was never touched', async () => {
    expect(foreign).toHaveLength(12);
    expect(await allForeign()).toEqual(foreign);
  });
});
