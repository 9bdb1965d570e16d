import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { accepts, parseAccept } from '../../shared/route/accept.ts';
import { acceptCases } from '../support/accept-cases.ts';
import type { Call } from './cluster/call.ts';
import {
  aManagedSecret,
  createNamespace,
  INSTANCE,
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
  await installConsent(admin, pusher, { user: cluster.user, allowedMetadata: 'team, cost.example.com/*' });
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
    'labels app.kubernetes.io/managed-by and vaultcast.dev/instance and annotation vaultcast.dev/target must say that it is a Secret of this instance';
  const version = '@0123456789abcdef0123456789abcdef';

  it.each<[string, Overrides, string]>([
    ['nobody manages', { labels: { 'app.kubernetes.io/managed-by': '' } }, LABELS],
    ['another program manages', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, LABELS],
    ['no instance manages', { instance: '' }, LABELS],
    ['another instance manages', { instance: 'vaultcast-prod' }, LABELS],
    ['an instance of a longer name manages', { instance: `${INSTANCE}-2` }, LABELS],
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
  const foreign = 'is not managed by this instance of vaultcast: it is not changed, adopted or deleted';

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

  it('lets nobody who has stolen the identity of one instance act as another', async () => {
    const namespace = await anAppNamespace();
    const prod = { instance: 'vaultcast-prod' };
    expect(await create(pusher, ofApp(namespace, { ...prod, name: 'forged' }))).toContain(
      'must say that it is a Secret of this instance',
    );
    const theirs = ofApp(namespace, prod);
    await create(admin, theirs);
    const before = await admin(secretPath(theirs));
    const why = `Secret ${namespace}/pg ${foreign}`;
    expect(await replace(pusher, { ...theirs, stringData: { password: 'stolen' } })).toBe(why);
    expect(await replace(pusher, ofApp(namespace))).toBe(why);
    expect(await remove(pusher, theirs)).toBe(why);
    expect(await admin(secretPath(theirs))).toEqual(before);
  });

  it('lets its own instance give no Secret to another', async () => {
    const namespace = await anAppNamespace();
    expect(await create(pusher, ofApp(namespace))).toBe('done');
    expect(await replace(pusher, ofApp(namespace, { instance: 'vaultcast-prod' }))).toContain(
      'must say that it is a Secret of this instance',
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

describe('labels and annotations of a written Secret', () => {
  const strange = (key: string): string =>
    `label or annotation ${key} is neither one of vaultcast nor in the setting allowedMetadata`;
  const REFLECTOR = 'reflector.v1.k8s.emberstack.com/reflection-auto-enabled';
  const ARGO = 'argocd.argoproj.io/secret-type';

  it.each([
    ['an annotation', { annotations: { [REFLECTOR]: 'true' } }, REFLECTOR],
    ['a label', { labels: { [ARGO]: 'cluster' } }, ARGO],
    ['an empty label', { labels: { marker: ' ' } }, 'marker'],
    [
      'a key that begins like one of ours',
      { annotations: { 'vaultcast.dev/target-2': 'x' } },
      'vaultcast.dev/target-2',
    ],
    ['a key that begins like an allowed one', { labels: { teams: 'x' } }, 'teams'],
    [
      'a key of a prefix that ends like an allowed one',
      { labels: { 'xcost.example.com/a': 'x' } },
      'xcost.example.com/a',
    ],
    ['the allowed prefix itself', { labels: { 'cost.example.com': 'x' } }, 'cost.example.com'],
  ])('must not steer others by %s, at creation or later', async (_, overrides, key) => {
    const namespace = await anAppNamespace();
    const steering = ofApp(namespace, overrides);
    const labels = Object.entries(steering.metadata.labels).map(([one, value]) => [
      one,
      value === ' ' ? '' : value,
    ]);
    steering.metadata.labels = Object.fromEntries(labels) as object;
    expect(await create(pusher, steering)).toBe(strange(key));
    expect(await create(pusher, ofApp(namespace))).toBe('done');
    expect(await replace(pusher, steering)).toBe(strange(key));
  });

  it('may be those of the setting', async () => {
    const namespace = await anAppNamespace();
    const allowed = { labels: { team: 'a' }, annotations: { 'cost.example.com/center': '1' } };
    expect(await create(pusher, ofApp(namespace, allowed))).toBe('done');
    expect(await replace(pusher, ofApp(namespace, { labels: { team: 'b' } }))).toBe('done');
  });

  it('stay as others have set them, and are not changed', async () => {
    const namespace = await anAppNamespace();
    expect(await create(pusher, ofApp(namespace))).toBe('done');
    const foreign = ofApp(namespace, { labels: { theirs: 'x' }, annotations: { [REFLECTOR]: 'false' } });
    expect(await replace(admin, foreign)).toBe('done');
    expect(await replace(pusher, { ...foreign, stringData: { password: 'rotated' } })).toBe('done');
    const turned = ofApp(namespace, { labels: { theirs: 'x' }, annotations: { [REFLECTOR]: 'true' } });
    expect(await replace(pusher, turned)).toBe(strange(REFLECTOR));
    expect(await replace(pusher, ofApp(namespace))).toBe('done');
  });
});

describe('owner references', () => {
  const owner = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'gone',
    uid: 'b7a3c7a5-0000-4000-8000-000000000000',
  };
  const why = 'owner references are not written, for the garbage collector deletes what they say';
  const owned = (secret: SecretBody): SecretBody => ({
    ...secret,
    metadata: { ...secret.metadata, ownerReferences: [owner] },
  });

  it('are not written, and not carried over from before an adoption', async () => {
    const namespace = await anAppNamespace();
    expect(await create(pusher, owned(ofApp(namespace)))).toBe(why);
    expect(await create(admin, owned(ofApp(namespace)))).toBe('done');
    expect(await replace(pusher, owned(ofApp(namespace, { password: 'rotated' })))).toBe(why);
    expect(await replace(pusher, ofApp(namespace, { password: 'rotated' }))).toBe('done');
    expect(await admin(secretPath(ofApp(namespace)))).not.toHaveProperty([
      'body',
      'metadata',
      'ownerReferences',
    ]);
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
