import { describe, expect, it } from 'vitest';
import { notOurs, ownershipOf, recordedRoute } from '../../shared/target/ownership.ts';
import { aLiveSecret, aRef, INSTANCE } from '../support/builders.ts';

const marks = ownershipOf(aRef(), INSTANCE, 'app-1', 'team/app-1--pg--password@a:1');

describe('a Secret is ours', () => {
  const why = (overrides = {}) => notOurs(aLiveSecret(overrides), aRef(), INSTANCE);

  it('when its labels and its target say so', () => {
    expect(why()).toBeUndefined();
  });

  it('when foreign labels and annotations stand beside ours', () => {
    const labels = { ...marks.labels, team: 'blue' };
    const annotations = { ...marks.annotations, note: 'x' };
    expect(why({ labels, annotations })).toBeUndefined();
  });

  it('even when route and sources were removed by hand', () => {
    const { 'vaultcast.dev/target': target } = marks.annotations;
    expect(why({ annotations: { 'vaultcast.dev/target': target } })).toBeUndefined();
  });

  it.each([
    ['has no labels', { labels: {} }, 'it is not managed by vaultcast'],
    [
      'is managed by another tool',
      { labels: { ...marks.labels, 'app.kubernetes.io/managed-by': 'Helm' } },
      'it is managed by Helm, not by vaultcast',
    ],
    [
      'is managed by something that is no name',
      { labels: { ...marks.labels, 'app.kubernetes.io/managed-by': 'a b\n' } },
      'it is not managed by vaultcast',
    ],
    [
      'is of another instance',
      { labels: { ...marks.labels, 'vaultcast.dev/instance': 'staging' } },
      'it is managed by instance staging',
    ],
    [
      'names no instance',
      { labels: { 'app.kubernetes.io/managed-by': 'vaultcast' } },
      'it is managed by instance (none)',
    ],
    [
      'is a copy that a mirroring tool made',
      { annotations: { ...marks.annotations, 'vaultcast.dev/target': 'weu-1/other/pg' } },
      'its annotation vaultcast.dev/target names weu-1/other/pg',
    ],
    ['names no target', { annotations: {} }, 'its annotation vaultcast.dev/target names nothing'],
  ])('not when it %s', (_what, overrides, reason) => {
    expect(why(overrides)).toBe(reason);
  });

  it('and records its route', () => {
    expect(recordedRoute(aLiveSecret())).toBe('app-1');
    expect(recordedRoute(aLiveSecret({ annotations: {} }))).toBeUndefined();
  });
});
