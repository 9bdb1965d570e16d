import { describe, expect, it } from 'vitest';
import { diff } from '../../shared/target/change.ts';
import { guardedChange } from '../../shared/target/guards.ts';
import type { LiveSecret, SecretManifest } from '../../shared/target/secret.ts';
import { aLiveSecret, aRendering, aTarget, aVersion, base64, INSTANCE, NOW } from '../support/builders.ts';
import { aRoute } from '../support/documents.ts';

interface Given {
  live?: Partial<LiveSecret> | 'absent';
  rendered?: Parameters<typeof aRendering>[0];
  spec?: Record<string, unknown>;
}

function decided({ live = {}, rendered = {}, spec = {} }: Given = {}) {
  const observed = live === 'absent' ? undefined : aLiveSecret(live);
  const target = aTarget({ route: aRoute('app-1', spec) });
  const rendering = aRendering(rendered);
  const change = diff({ ...target, instance: INSTANCE }, rendering, observed);
  return guardedChange(change, rendering, []);
}

function manifestOf(given: Given): SecretManifest {
  const change = decided(given);
  if (!('manifest' in change)) throw new Error(`the change is ${change.action}`);
  return change.manifest;
}

const rotated = { data: { password: base64('new') } };

describe('the next write of a target', () => {
  it('is none when the Secret is as it should be', () => {
    expect(decided().action).toBe('none');
  });

  it('is none whatever the order of keys, labels and annotations', () => {
    const reversed = <T>(record: Readonly<Record<string, T>>) =>
      Object.fromEntries(Object.entries(record).reverse());
    const { labels, annotations } = aLiveSecret();
    const data = { a: base64('1'), b: base64('2') };
    const live = { labels: reversed(labels), annotations: reversed(annotations), data: reversed(data) };
    expect(decided({ live, rendered: { data } }).action).toBe('none');
  });

  it.each([
    ['a creation when there is no Secret', { live: 'absent' }, 'create'],
    ['an update when a value changed', { rendered: rotated }, 'update'],
    [
      'an update when a key was added by hand',
      { live: { data: { ...aRendering().data, x: 'eA==' } } },
      'update',
    ],
    ['an update when a key was removed by hand', { live: { data: {} } }, 'update'],
    [
      'an update when the version changed though the value did not',
      { rendered: { used: new Map([['app-1--pg--password', aVersion({ version: 'b' })]]) } },
      'update',
    ],
    ['an update when a label of the route is missing', { spec: { labels: { team: 'blue' } } }, 'update'],
    [
      'an update when an annotation of the route is missing',
      { spec: { annotations: { note: 'x' } } },
      'update',
    ],
    ['an update when the route becomes immutable', { spec: { immutable: true } }, 'update'],
    [
      'a deletion and creation when the type changes',
      { spec: { type: 'kubernetes.io/basic-auth' } },
      'replace',
    ],
    [
      'a deletion and creation when an immutable Secret changes',
      { live: { immutable: true }, spec: { immutable: true }, rendered: rotated },
      'replace',
    ],
    [
      'none when an immutable Secret is as it should be',
      { live: { immutable: true }, spec: { immutable: true } },
      'none',
    ],
    ['a deletion and creation when the route is immutable no more', { live: { immutable: true } }, 'replace'],
    ['a removal when the last key leaves', { rendered: { data: {}, removed: ['password'] } }, 'delete'],
    [
      'none when nothing of it is recorded and no source has a value',
      { rendered: { data: {}, used: new Map() } },
      'none',
    ],
    [
      'an update without keys when none of those found is of a source that is kept',
      { rendered: { data: {}, used: new Map(), keptSources: ['app-1--pg--password'] } },
      'update',
    ],
    [
      'refused when an immutable one would have to be without keys',
      {
        live: { immutable: true },
        rendered: { data: {}, used: new Map(), keptSources: ['app-1--pg--password'] },
      },
      'blocked',
    ],
    ['an update when a document lost its last property', { rendered: { data: {} } }, 'update'],
    [
      'none when a document without properties left nothing behind',
      { live: { data: {} }, rendered: { data: {} } },
      'none',
    ],
    [
      'refused when its annotations are more than Kubernetes takes',
      {
        live: { annotations: { ...aLiveSecret().annotations, big: 'x'.repeat(262_144) } },
        rendered: rotated,
      },
      'blocked',
    ],
    ['refused when there is nothing to create', { live: 'absent', rendered: { data: {} } }, 'blocked'],
    [
      'refused when there is nothing to create since all keys are to leave',
      { live: 'absent', rendered: { data: {}, removed: ['password'] } },
      'blocked',
    ],
  ] satisfies [string, Given, string][])('is %s', (_what, given, action) => {
    expect(decided(given).action).toBe(action);
  });

  it.each<[string, Given]>([
    ['its type changes', { spec: { type: 'kubernetes.io/basic-auth' } }],
    ['the Secret is immutable', { live: { immutable: true }, rendered: rotated }],
  ] satisfies [string, Given][])(
    'is refused while a key would have to stay as found: %s',
    (reason, given) => {
      const rendered = { ...given.rendered, kept: ['user'], keptSources: ['app-1--pg--user'] };
      expect(decided({ ...given, rendered })).toEqual({
        action: 'blocked',
        code: 'RENDER_REFUSED',
        message: `${reason}, but the keys user could not be written anew`,
      });
    },
  );
});

describe('what is written', () => {
  it('carries our labels, target, route and sources', () => {
    expect(manifestOf({ live: 'absent' })).toMatchObject({
      namespace: 'app-1',
      name: 'pg',
      type: 'Opaque',
      labels: { 'app.kubernetes.io/managed-by': 'vaultcast', 'vaultcast.dev/instance': INSTANCE },
      annotations: {
        'vaultcast.dev/target': 'weu-1/app-1/pg',
        'vaultcast.dev/route': 'app-1',
        'vaultcast.dev/sources': `team/app-1--pg--password@${aVersion().version}:${NOW - 60}`,
      },
      data: { password: base64('s3cret') },
    });
  });

  const foreign = () => ({
    labels: { ...aLiveSecret().labels, team: 'blue' },
    annotations: { ...aLiveSecret().annotations, note: 'x' },
    finalizers: ['example.com/hold'],
  });

  it('leaves foreign labels, annotations and finalizers where they are', () => {
    const live = foreign();
    expect(manifestOf({ live, rendered: rotated })).toMatchObject(live);
    expect(decided({ live }).action).toBe('none');
  });

  it('carries no foreign labels and annotations over to a Secret that is made anew', () => {
    const { labels, annotations } = aLiveSecret();
    const manifest = manifestOf({ live: { ...foreign(), type: 'example.com/other' } });
    expect(manifest).toMatchObject({ labels, annotations, finalizers: ['example.com/hold'] });
    expect([manifest.labels, manifest.annotations]).toEqual([labels, annotations]);
  });

  it('never has an owner: one that somebody has put on is a reason to write', () => {
    const owner = { kind: 'Deployment', name: 'web', uid: 'u', apiVersion: 'apps/v1' };
    const change = decided({ live: { ownerReferences: [owner] } });
    expect(change.action).toBe('update');
    expect(manifestOf({ live: { ownerReferences: [owner] } })).not.toHaveProperty('ownerReferences');
  });

  it('brings back what was edited of ours', () => {
    const { labels, annotations } = aLiveSecret();
    const live = { annotations: { ...annotations, 'vaultcast.dev/sources': 'team/app-2--x@a:1' } };
    expect(manifestOf({ live })).toMatchObject({ labels, annotations });
  });

  it('records of a key that stays as found what was recorded before', () => {
    const sources = `team/app-1--pg--password@old:5,team/app-1--pg--user@u:6,team/app-1--pg--port@p:7`;
    const live = { annotations: { ...aLiveSecret().annotations, 'vaultcast.dev/sources': sources } };
    const rendered = { ...rotated, kept: ['user'], keptSources: ['app-1--pg--user', 'app-1--pg--new'] };
    expect(manifestOf({ live, rendered }).annotations['vaultcast.dev/sources']).toBe(
      `team/app-1--pg--password@${aVersion().version}:${NOW - 60},team/app-1--pg--user@u:6`,
    );
  });

  it('changes neither the observed Secret nor the rendering', () => {
    const live = Object.freeze(aLiveSecret());
    for (const part of [live.labels, live.annotations, live.data]) Object.freeze(part);
    const rendering = Object.freeze(aRendering(rotated));
    const owner = { ...aTarget(), instance: INSTANCE };
    expect(diff(owner, rendering, live)).toEqual(diff(owner, rendering, live));
  });
});
