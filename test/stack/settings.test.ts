import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../local/stack/eventually.ts';
import { createPerson } from '../local/stack/person.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { CLUSTER_SCOPE, clusterYaml } from '../local/stack/sites.ts';
import { rowsOf } from '../local/stack/storage.ts';
import { applyTenancy, routeYaml, valueIn } from '../local/stack/tenancy.ts';

const ENTRY = '*.nip.io';

let stack: Stack;

/** A deployment that meets a setting and a document of an earlier release. */
beforeAll(async () => {
  stack = await startStack({
    clusters: ['weu-1'],
    env: { CLUSTER_HOSTS: `*.k8s.localhost,${ENTRY}`, ALLOWED_METADATA: 'team' },
  });
  await applyTenancy(stack);
  const [site] = stack.sites;
  if (site === undefined) throw new Error('no cluster');
  const cluster = clusterYaml(site, { env: 'prod' });
  // As an earlier release wrote it: the command of this one refuses the document to whoever does not name the cluster.
  const { connectionString } = stack.storage;
  const env = { REGISTRY: connectionString, CONSENT_NOT_REQUIRED: 'weu-1' };
  await createPerson(stack.storage, env).apply(cluster.replace('spec:', 'spec:\n  requireConsent: false'));
}, 180_000);
afterAll(() => stack.stop());

/** Waits for what a host prints: its lines come through a pipe, its answers do not wait for them. */
const said = (host: Stack['hosts'][number], what: RegExp) =>
  eventually(async () => host.lines.find((line) => what.test(line)));

const runsOver = (): number =>
  stack.lines().filter(({ code, cluster }) => /^RUN_(?:DONE|INCOMPLETE)$/.test(code) && cluster === 'weu-1')
    .length;

/** Starts a run; what it returns waits for its end, for it goes on meanwhile and must not be taken for another host's work. */
async function startRun(): Promise<() => Promise<unknown>> {
  const before = runsOver();
  await stack.hosts[0]?.run('reconcile-timer');
  return () => eventually(async () => runsOver() > before);
}

const valueOf = (namespace: string) => valueIn(stack.cluster('weu-1'), namespace, 'pg', 'password');

describe('an app that meets what is legal no more', () => {
  it('asks namespaces for consent, whatever a document says', async () => {
    const { eventId } = await stack.rotate('app-3--pg--password', 'unasked');
    expect(await stack.outcomes(eventId)).toMatchObject([{ code: 'NOT_ACCEPTED', namespace: 'app-3' }]);
    expect(valueOf('app-3')).toBeUndefined();
  });

  it('serves the rest', async () => {
    const { eventId } = await stack.rotate('app-1--pg--password', 'asked');
    expect(await stack.outcomes(eventId)).toMatchObject([{ code: 'DELIVERED', namespace: 'app-1' }]);
    expect(valueOf('app-1')).toBe('asked');
  });

  it('says so in a line and a problem, by name and with what to do', async () => {
    const untilOver = await startRun();
    const problems = await eventually(async () => {
      const rows = await rowsOf(stack.storage, 'Targets');
      const found = rows.filter(({ code }) => code === 'BAD_SETTING');
      return found.length < 2 ? undefined : found;
    });
    expect(problems.map(({ rowKey }) => rowKey)).toEqual(['setting:CLUSTER_HOSTS', 'setting:Cluster weu-1']);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`CLUSTER_HOSTS: entry "${ENTRY}" covers names that anybody can get`),
      expect.stringContaining('set CONSENT_NOT_REQUIRED=weu-1 on the app'),
    ]);
    const told = (message: string) =>
      stack.lines().some((line) => line.code === 'BAD_SETTING' && line.message === message);
    for (const { message } of problems) await eventually(() => told(String(message)));
    await untilOver();
  });

  it('asks no namespace of a cluster that CONSENT_NOT_REQUIRED names', async () => {
    await stack.addHost({ CONSENT_NOT_REQUIRED: 'weu-1' });
    const host = stack.hosts.length - 1;
    const { eventId } = await stack.rotate('app-3--pg--password', 'decided', { host });
    expect(await stack.outcomes(eventId)).toMatchObject([{ code: 'DELIVERED', namespace: 'app-3' }]);
    expect(valueOf('app-3')).toBe('decided');
  });
});

describe('a route that would steer other controllers', () => {
  const REFLECTOR = 'reflector.v1.k8s.emberstack.com/reflection-auto-enabled';

  it('sets the labels of ALLOWED_METADATA and no others, and its problem says which', async () => {
    const spec = { prefix: 'app-2--', namespaces: ['app-2'] };
    const metadata = { labels: { team: 'blue' }, annotations: { [REFLECTOR]: 'true' } };
    await stack.apply(routeYaml('app-2', { ...spec, ...metadata }));
    await stack.rotate('app-2--pg--password', 'steering');
    const secret = stack.cluster('weu-1').secret('app-2', 'pg');
    expect(secret?.metadata.labels).toHaveProperty('team', 'blue');
    expect(secret?.metadata.annotations).not.toHaveProperty([REFLECTOR]);
    const untilOver = await startRun();
    const problem = await eventually(async () => {
      const rows = await rowsOf(stack.storage, 'Targets');
      return rows.find(({ rowKey }) => rowKey === 'setting:Route app-2');
    });
    expect(problem['message']).toContain(`${REFLECTOR} are not set`);
    await untilOver();
  });
});

describe('an app that Node tells to verify nothing', () => {
  it('does nothing at all', async () => {
    const host = await stack.addHost({ NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    const before = stack.cluster('weu-1').server.requests.length;
    const { answer } = await stack.rotate('app-1--pg--password', 'unsafe', { host: stack.hosts.length - 1 });
    expect(answer.status).toBe(500);
    await said(host, /NODE_TLS_REJECT_UNAUTHORIZED must not be 0/);
    expect(stack.cluster('weu-1').server.requests).toHaveLength(before);
    expect(valueOf('app-1')).toBe('asked');
  });
});

describe('a host with a scope that says no server, as an earlier release took it', () => {
  it('answers events, and refuses the clusters of that scope with what to write', async () => {
    const host = await stack.addHost({ CLUSTER_SCOPES: CLUSTER_SCOPE });
    const rotation = await stack.rotate('app-1--pg--password', 'unbound', { host: stack.hosts.length - 1 });
    expect(rotation.answer.status).toBe(202);
    const wanted = /must say which servers it is for: SCOPE@HOST/;
    expect(await stack.outcomes(rotation.eventId)).toMatchObject([
      { code: 'CLUSTER_NOT_ALLOWED', message: expect.stringMatching(wanted) },
    ]);
    await said(host, /BAD_SETTING.*must say which servers it is for/);
  });
});
