import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { routeYaml } from '../local/stack/tenancy.ts';
import { ACCEPT } from '../support/contracts/kubernetes/bench.ts';
import type { FleetCluster } from './fleet/member.ts';
import { startFleet, type Fleet } from './fleet/start.ts';
import { meanwhile } from './fleet/meanwhile.ts';
import { WITHIN } from './cluster/policies.ts';

let fleet: Fleet;
let weu: FleetCluster;
let neu: FleetCluster;

beforeAll(async () => {
  fleet = await startFleet(['weu-1', 'neu-1']);
  [weu, neu] = fleet.clusters as [FleetCluster, FleetCluster];
});
afterAll(() => fleet?.stop());

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A route for the secrets of one application, into namespaces that perhaps are not there. Returns one of them. */
async function aRoute(app: string, namespaces: string[], clusters = ['weu-1', 'neu-1']): Promise<string> {
  const spec = { prefix: `${app}--`, namespaces, clusters: { names: clusters } };
  await fleet.stack.apply(routeYaml(app, spec));
  return `${app}--pg--password`;
}

/** An application with a namespace of its own in both clusters. */
async function anApp(app: string): Promise<string> {
  await Promise.all(fleet.clusters.map((cluster) => cluster.invite(app, `${app}--`)));
  return aRoute(app, [app]);
}

const rotate = (secret: string, value: string, schema?: 'cloudevents') =>
  fleet.stack.rotate(secret, value, schema && { schema });

/** What the log says of an event: code, and where. */
async function outcomes(eventId: string, count: number): Promise<string[]> {
  const lines = await fleet.stack.outcomes(eventId, count);
  return lines.map(({ code, cluster, namespace }) => `${code} ${cluster}/${namespace}`).toSorted();
}

const versions = (namespace: string) =>
  Promise.all(
    fleet.clusters.map(
      async ({ people }) => (await people.secret(namespace, 'pg'))?.metadata.resourceVersion,
    ),
  );

describe('a rotation', () => {
  it.each([
    ['create', 'get secrets three/pg 404', 3],
    ['update', 'get secrets three/pg', 2],
  ])('costs three requests per target: get, get, %s', async (verb, look, most) => {
    const secret = verb === 'create' ? await anApp('three') : 'three--pg--password';
    const heard = await Promise.all(fleet.clusters.map((cluster) => cluster.listen()));
    const before = fleet.stack.vault.server.requests.length;
    const { answer, eventId } = await rotate(secret, `by ${verb}`);

    expect(answer).toEqual({ status: 202, body: '' });
    expect(await outcomes(eventId, 2)).toEqual(['DELIVERED neu-1/three', 'DELIVERED weu-1/three']);
    for (const requests of heard) {
      await expect
        .poll(async () => (await requests()).toSorted(), WITHIN)
        .toEqual([`${verb} secrets three/pg`, 'get namespaces three', look].toSorted());
    }
    const asked = fleet.stack.vault.server.requests.slice(before);
    const valueReads = asked.filter(
      ({ path, status }) => path.startsWith(`/secrets/${secret}`) && status === 200,
    );
    expect(valueReads.length).toBeLessThanOrEqual(most);
    for (const cluster of fleet.clusters)
      expect(await cluster.value('three', 'pg', 'password')).toBe(`by ${verb}`);
  });

  it('is understood as a CloudEvent, too', async () => {
    const secret = await anApp('cloud');
    const { answer } = await rotate(secret, 'by CloudEvent', 'cloudevents');

    expect(answer.status).toBe(202);
    expect(await weu.value('cloud', 'pg', 'password')).toBe('by CloudEvent');
    expect(await neu.value('cloud', 'pg', 'password')).toBe('by CloudEvent');
  });

  it('is written once: the same event again leaves the resourceVersion', async () => {
    const secret = await anApp('again');
    const { event, eventId } = await rotate(secret, 'once');
    const before = await versions('again');
    const heard = await Promise.all(fleet.clusters.map((cluster) => cluster.listen()));
    await fleet.stack.deliver([event]);

    expect((await outcomes(eventId, 4)).filter((line) => line.startsWith('UNCHANGED'))).toHaveLength(2);
    expect(await versions('again')).toEqual(before);
    for (const requests of heard)
      expect((await requests()).toSorted()).toEqual(['get namespaces again', 'get secrets again/pg']);
  });
});

describe('a Secret that changes between look and write', () => {
  it('is not overwritten blindly: the app looks again and keeps what others added', async () => {
    const secret = await anApp('edited');
    await rotate(secret, 'first');
    const requests = await weu.listen();
    const edited = meanwhile(fleet.stack, secret, () =>
      weu.people.edit('edited', 'pg', (found) => ({
        ...found,
        metadata: { ...found.metadata, labels: { ...found.metadata.labels, team: 'blue' } },
      })),
    );
    const { eventId } = await rotate(secret, 'second');
    await edited;

    expect(await outcomes(eventId, 2)).toEqual(['DELIVERED neu-1/edited', 'DELIVERED weu-1/edited']);
    const writes = (await requests()).filter((request) => request.startsWith('update'));
    expect(writes).toEqual(['update secrets edited/pg 409', 'update secrets edited/pg']);
    const live = await weu.people.secret('edited', 'pg');
    expect(live?.metadata.labels).toMatchObject({ team: 'blue' });
    expect(live?.data).toEqual({ password: base64('second') });
  });

  it('is made anew when it was deleted', async () => {
    const secret = await anApp('deleted');
    await rotate(secret, 'first');
    const deleted = meanwhile(fleet.stack, secret, () => weu.people.remove('deleted', 'pg'));
    const { eventId } = await rotate(secret, 'second');
    await deleted;

    await expect.poll(() => weu.value('deleted', 'pg', 'password'), WITHIN).toBe('second');
    // A creation that nothing has confirmed is looked at once more.
    const codes = async () => (await fleet.stack.outcomes(eventId)).map(({ code }) => code);
    await expect.poll(codes, WITHIN).toContain('UNCHANGED');
  });

  it('is not taken over when somebody was there first', async () => {
    const secret = await anApp('first');
    const theirs = { metadata: { name: 'pg' }, data: { password: base64('theirs') } };
    const put = meanwhile(fleet.stack, secret, () => weu.people.put('first', theirs));
    const { eventId } = await rotate(secret, 'ours');
    await put;

    expect(await outcomes(eventId, 2)).toEqual(['DELIVERED neu-1/first', 'NOT_OURS weu-1/first']);
    expect(await weu.value('first', 'pg', 'password')).toBe('theirs');
  });
});

describe('a Secret deleted by hand', () => {
  it('comes back whole with the next event of any of its sources', async () => {
    const secret = await anApp('whole');
    await rotate('whole--pg--user', 'app');
    await rotate(secret, 'first');
    await weu.people.remove('whole', 'pg');
    await rotate(secret, 'second');

    const live = await weu.people.secret('whole', 'pg');
    expect(live?.data).toEqual({ user: base64('app'), password: base64('second') });
  });
});

describe('a Secret of somebody else', () => {
  it.each([
    ['a person', {}],
    ['another program', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }],
    [
      'another instance',
      { labels: { 'app.kubernetes.io/managed-by': 'vaultcast', 'vaultcast.dev/instance': 'other' } },
    ],
  ])('stays as %s made it', async (who, metadata) => {
    const app = `of-${who.replaceAll(' ', '-')}`;
    const secret = await anApp(app);
    const body = { metadata: { name: 'pg', ...metadata }, data: { password: base64('theirs') } };
    const theirs = await weu.people.put(app, body);
    const requests = await weu.listen();
    const { eventId } = await rotate(secret, 'ours');

    expect(await outcomes(eventId, 2)).toEqual([`DELIVERED neu-1/${app}`, `NOT_OURS weu-1/${app}`]);
    expect((await requests()).toSorted()).toEqual([`get namespaces ${app}`, `get secrets ${app}/pg`]);
    expect(await weu.people.secret(app, 'pg')).toEqual(theirs);
  });
});

describe('what a cluster does not let the app do', () => {
  it('a role that is missing in one namespace stops no other, and is enough when it comes late', async () => {
    await weu.invite('bound', 'bound--');
    await weu.people.createNamespace('unbound', { [ACCEPT]: 'bound--' });
    const secret = await aRoute('bound', ['bound', 'unbound'], ['weu-1']);
    const { eventId } = await rotate(secret, 'value');

    expect(await outcomes(eventId, 2)).toEqual(['CLUSTER_FORBIDDEN weu-1/unbound', 'DELIVERED weu-1/bound']);
    expect(await weu.value('bound', 'pg', 'password')).toBe('value');
    await weu.letIn('unbound', 'bound--');
    // A failed target is tried again within ten seconds, and after that within twenty.
    const late = { ...WITHIN, timeout: 50_000 };
    await expect.poll(() => weu.value('unbound', 'pg', 'password'), late).toBe('value');
  });

  it('a missing namespace fails nothing else, and the run after it was made delivers', async () => {
    await weu.invite('there', 'there--');
    const secret = await aRoute('there', ['there', 'not-yet-there'], ['weu-1']);
    const { eventId } = await rotate(secret, 'value');

    expect(await outcomes(eventId, 2)).toEqual([
      'DELIVERED weu-1/there',
      'NAMESPACE_MISSING weu-1/not-yet-there',
    ]);
    expect(await weu.people.namespace('not-yet-there')).toBeUndefined();
    await weu.invite('not-yet-there', 'there--');
    await fleet.reconcile();
    expect(await weu.value('not-yet-there', 'pg', 'password')).toBe('value');
  });
});

describe('consent', () => {
  const messages = async (eventId: string): Promise<string[]> =>
    (await fleet.stack.outcomes(eventId)).map(({ message }) => message);

  it('a namespace that nobody has prepared has given no consent', async () => {
    await weu.people.createNamespace('closed');
    const secret = await aRoute('closed', ['closed'], ['weu-1']);
    const { eventId } = await rotate(secret, 'value');

    expect(await outcomes(eventId, 1)).toEqual(['NOT_ACCEPTED weu-1/closed']);
    expect(await messages(eventId)).toEqual([
      'namespace closed accepts no secrets (annotation vaultcast.dev/accept is missing)',
    ]);
  });

  it('consent is asked for each secret', async () => {
    await weu.invite('tenant', 'tenant--');
    const secret = await aRoute('stranger', ['tenant'], ['weu-1']);
    const { eventId } = await rotate(secret, 'value');

    expect(await messages(eventId)).toEqual([`secret ${secret} is not accepted by namespace tenant`]);
    expect(await weu.people.secret('tenant', 'pg')).toBeUndefined();
  });

  it('consent counts from the moment it is given until it is withdrawn', async () => {
    await weu.invite('changing', 'elsewhere--');
    const secret = await aRoute('changing', ['changing'], ['weu-1']);
    await rotate(secret, 'before');
    expect(await weu.people.secret('changing', 'pg')).toBeUndefined();

    await weu.people.annotate('changing', { [ACCEPT]: 'changing--' });
    await weu.letIn('changing', 'changing--');
    await rotate(secret, 'while accepted');
    const delivered = await weu.people.secret('changing', 'pg');
    expect(delivered?.data).toEqual({ password: base64('while accepted') });

    await weu.people.annotate('changing', { [ACCEPT]: undefined });
    const { eventId } = await rotate(secret, 'after');
    expect(await outcomes(eventId, 1)).toEqual(['NOT_ACCEPTED weu-1/changing']);
    expect(await weu.people.secret('changing', 'pg')).toEqual(delivered);
  });
});
