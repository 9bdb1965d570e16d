import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { accepts, parseAccept } from '../../shared/route/accept.ts';
import { acceptCases } from '../support/accept-cases.ts';
import type { Call } from './cluster/call.ts';
import {
  aManagedSecret,
  createNamespace,
  secretPath,
  secretsPath,
  type SecretBody,
} from './cluster/managed-secret.ts';
import { startOneCluster, type OneCluster } from './cluster/single.ts';
import { installConsent, outcome, WITHIN } from './cluster/policies.ts';

let cluster: OneCluster;
let admin: Call;
/** Skips vaultcast's own checks: only the policy is in its way. */
let pusher: Call;

beforeAll(async () => {
  cluster = await startOneCluster();
  ({ admin, pusher } = cluster);
  await installConsent(admin, pusher, { user: cluster.user });
});

afterAll(() => cluster?.stop());

const create = async (call: Call, body: SecretBody) =>
  outcome(await call(secretsPath(body.metadata.namespace), { method: 'POST', body }));
const replace = async (call: Call, body: SecretBody) =>
  outcome(await call(secretPath(body), { method: 'PUT', body }));
const remove = async (call: Call, body: SecretBody) =>
  outcome(await call(secretPath(body), { method: 'DELETE' }));

let namespaces = 0;
async function aNamespace(accept: string | undefined): Promise<string> {
  const name = `accepts-${++namespaces}`;
  await createNamespace(admin, name, accept);
  return name;
}

const anAppNamespace = (): Promise<string> => aNamespace('app--');

const ofApp = (namespace: string, overrides: object = {}): SecretBody =>
  aManagedSecret({ namespace, sources: ['app--pg--password'], ...overrides });

describe('tenancy, by the cluster alone', () => {
  const POSTGRES = 'app-1--postgres972--connectionstring';
  const RABBIT = 'app-2--rabbitmq361--password';

  beforeAll(async () => {
    await createNamespace(admin, 'app-1', 'app-1--');
    await createNamespace(admin, 'app-2', 'app-2--');
    await createNamespace(admin, 'app-3', undefined);
  });

  const push = (namespace: string, ...sources: string[]) =>
    create(pusher, aManagedSecret({ namespace, name: sources.join('.'), sources }));

  it('lets a namespace have what it accepts', async () => {
    expect(await push('app-1', POSTGRES)).toBe('done');
    expect(await push('app-2', RABBIT)).toBe('done');
  });

  it('refuses what it does not accept, beside accepted ones, too', async () => {
    const message = `secret ${RABBIT} is not accepted by namespace app-1`;
    expect(await push('app-1', RABBIT)).toBe(message);
    expect(await push('app-1', POSTGRES, RABBIT)).toBe(message);
  });

  it('refuses to add to a Secret what it does not accept', async () => {
    const both = aManagedSecret({ namespace: 'app-1', name: 'grows', sources: [POSTGRES, RABBIT] });
    expect(
      await create(pusher, aManagedSecret({ namespace: 'app-1', name: 'grows', sources: [POSTGRES] })),
    ).toBe('done');
    expect(await replace(pusher, both)).toBe(`secret ${RABBIT} is not accepted by namespace app-1`);
  });

  it('refuses everything where the annotation is missing', async () => {
    const message = 'namespace app-3 accepts no secrets (annotation vaultcast.dev/accept is missing)';
    expect(await push('app-3', POSTGRES)).toBe(message);
  });
});

const MALFORMED =
  'annotation vaultcast.dev/sources must list the secrets it is made of as vault/name@version:created';

describe('the annotation vaultcast.dev/accept', () => {
  const missing = (namespace: string): string =>
    `namespace ${namespace} accepts no secrets (annotation vaultcast.dev/accept is missing)`;

  it.each(acceptCases)('$name', async ({ annotation, vault, secret, accepted }) => {
    const namespace = await aNamespace(annotation);
    const refused = `secret ${secret} is not accepted by namespace ${namespace}`;
    const why = annotation === undefined ? missing(namespace) : refused;
    // A row may have a name that no vault has: it is not even a source.
    const expected = /^[a-z0-9-]+$/.test(secret) ? why : MALFORMED;
    const pushed = await create(pusher, aManagedSecret({ namespace, vault, sources: [secret] }));
    expect(pushed).toBe(accepted ? 'done' : expected);
  });

  const others = (count: number): string => 'other--,'.repeat(count);
  it.each([
    ['counts the thousandth entry', `${others(999)}app--`, true],
    ['counts the thousandth entry with more behind it', `${others(999)}app--,more--`, true],
    ['does not count the entry after the thousandth', `${others(1000)}app--`, false],
    ['does not count an entry long after it', `${others(1200)}app--,more--`, false],
    ['finds nothing in the longest annotation there is', '-'.repeat(255_000), false],
  ])('%s, as vaultcast does', async (_, annotation, accepted) => {
    const secret = { vault: 'team', name: 'app--pg--password' };
    expect(accepts(parseAccept(annotation), secret)).toBe(accepted);
    const namespace = await aNamespace(annotation);
    const why = `secret ${secret.name} is not accepted by namespace ${namespace}`;
    expect(await create(pusher, ofApp(namespace))).toBe(accepted ? 'done' : why);
  });

  it.each([
    [10, 2000],
    [1000, 50],
  ])('is affordable with %d entries and %d sources', async (entries, count) => {
    const namespace = await aNamespace(`${others(entries - 1)}app--`);
    const sources = Array.from({ length: count }, (_, index) => `app--pg-${index}--password`);
    expect(await create(pusher, ofApp(namespace, { sources }))).toBe('done');
  });

  it('refuses what would cost the API server too much', async () => {
    const namespace = await aNamespace(`${others(999)}app--`);
    const sources = Array.from({ length: 1000 }, (_, index) => `app--pg-${index}--password`);
    expect(await create(pusher, ofApp(namespace, { sources }))).toContain('cost limit exceeded');
  });
});

type Overrides = Partial<Parameters<typeof aManagedSecret>[0]> & { recorded?: string };

describe('what a Secret must say', () => {
  const LABELS =
    'labels app.kubernetes.io/managed-by and vaultcast.dev/instance and annotation vaultcast.dev/target must say whose Secret it is';
  const version = '@0123456789abcdef0123456789abcdef';

  it.each<[string, Overrides, string]>([
    ['nobody manages', { labels: { 'app.kubernetes.io/managed-by': '' } }, LABELS],
    ['another program manages', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, LABELS],
    ['no instance manages', { instance: '' }, LABELS],
    ['is a copy of another one', { target: 'weu-1/elsewhere/pg' }, LABELS],
    ['says nothing of its target', { target: '' }, LABELS],
    ['says nothing of its sources', { sources: [] }, MALFORMED],
    ['names a source without a version', { recorded: 'team/app--pg--password' }, MALFORMED],
    ['names a source without a vault', { recorded: `app--pg--password${version}:1` }, MALFORMED],
    ['ends its sources with a comma', { recorded: `team/app--pg--password${version}:1,` }, MALFORMED],
    [
      'hides a source behind another',
      { recorded: `team/app--pg${version}:1\nteam/b${version}:1` },
      MALFORMED,
    ],
    ['writes a source in upper case', { recorded: `team/APP--pg${version}:1` }, MALFORMED],
  ])('refuses one that %s', async (_, { recorded, ...overrides }: Overrides, why) => {
    const annotations = recorded === undefined ? {} : { 'vaultcast.dev/sources': recorded };
    const namespace = await anAppNamespace();
    expect(await create(pusher, ofApp(namespace, { annotations, ...overrides }))).toBe(why);
    expect(await create(pusher, ofApp(namespace))).toBe('done');
    expect(await replace(pusher, ofApp(namespace, { annotations, ...overrides }))).toBe(why);
  });

  it.each(['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token'])(
    'refuses type %s',
    async (type) => {
      const namespace = await anAppNamespace();
      const annotations = { 'kubernetes.io/service-account.name': 'default' };
      expect(await create(pusher, ofApp(namespace, { type, annotations }))).toBe(
        `Secrets of type ${type} are credentials of the cluster: they are not written`,
      );
    },
  );
});

describe('Secrets of others', () => {
  const foreign = 'is not managed by vaultcast: it is not changed, adopted or deleted';

  it.each([
    ['nobody manages', { labels: { 'app.kubernetes.io/managed-by': '' } }],
    ['another program manages', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }],
    ['a mirroring tool copied, labels and all', { target: 'weu-1/elsewhere/pg' }],
  ])('neither changes, nor adopts, nor deletes one that %s', async (_, overrides) => {
    const namespace = await anAppNamespace();
    const theirs = ofApp(namespace, overrides);
    await create(admin, theirs);
    const before = await admin(secretPath(theirs));
    const why = `Secret ${namespace}/pg ${foreign}`;
    expect(await replace(pusher, { ...theirs, stringData: { password: 'changed' } })).toBe(why);
    expect(await replace(pusher, ofApp(namespace))).toBe(why);
    expect(await remove(pusher, theirs)).toBe(why);
    expect(await admin(secretPath(theirs))).toEqual(before);
  });

  it('does not take over what another instance manages', async () => {
    const namespace = await anAppNamespace();
    await create(admin, ofApp(namespace, { instance: 'vaultcast-prod' }));
    expect(await replace(pusher, ofApp(namespace, { instance: 'vaultcast-test' }))).toBe(
      `Secret ${namespace}/pg is managed by instance vaultcast-prod: it is not adopted`,
    );
  });

  it('leaves everybody else alone', async () => {
    const namespace = await aNamespace('');
    const plain = ofApp(namespace, { labels: { 'app.kubernetes.io/managed-by': '' }, sources: [] });
    expect(await create(admin, plain)).toBe('done');
    expect(await replace(admin, plain)).toBe('done');
    expect(await remove(admin, plain)).toBe('done');
  });
});

describe('consent that is withdrawn', () => {
  it.each([
    ['as a whole', null, 'namespace NAME accepts no secrets (annotation vaultcast.dev/accept is missing)'],
    ['in part', 'other--', 'secret app--pg--password is not accepted by namespace NAME'],
  ])('lets deletion through and nothing else, %s', async (_, accept, message) => {
    const namespace = await anAppNamespace();
    expect(await create(pusher, ofApp(namespace))).toBe('done');
    expect(await replace(pusher, ofApp(namespace, { password: 'rotated' }))).toBe('done');
    const headers = { 'content-type': 'application/merge-patch+json' };
    const body = { metadata: { annotations: { 'vaultcast.dev/accept': accept } } };
    await admin(`/api/v1/namespaces/${namespace}`, { method: 'PATCH', headers, body });
    const why = message.replace('NAME', namespace);
    const changed = ofApp(namespace, { password: 'after' });
    await vi.waitFor(async () => expect(await replace(pusher, changed)).toBe(why), WITHIN);
    expect(await create(pusher, ofApp(namespace, { name: 'another' }))).toBe(why);
    expect(await remove(pusher, changed)).toBe('done');
  });
});
