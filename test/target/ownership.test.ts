import { describe, expect, it } from 'vitest';
import { notOurs, ownershipOf, recordedRoute } from '../../shared/target/ownership.ts';
import { ownerOf } from '../../shared/route/owner.ts';
import { parseAccept } from '../../shared/route/accept.ts';
import { aClaim, aLiveSecret, aTarget, INSTANCE } from '../support/builders.ts';
import { aRoute } from '../support/documents.ts';

const marks = ownershipOf(aTarget(), INSTANCE, 'app-1', 'team/app-1--pg--password@a:1');

describe('a Secret is ours', () => {
  const why = (overrides = {}) => notOurs(aLiveSecret(overrides), aTarget(), INSTANCE);

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

describe('the route that owns a target', () => {
  const names = ['app-1--pg--password'];
  const b = aRoute('b', { prefix: 'app-1--', namespaces: ['app-1'] });
  const a = aRoute('a', { prefix: 'app-1--', namespaces: ['app-1'] });
  const owner = (
    recorded: string | undefined,
    overrides: Partial<Record<'rivals' | 'names', never[]>> = {},
  ) =>
    ownerOf(
      aClaim({ route: b }),
      overrides.rivals ?? [a],
      recorded,
      () => overrides.names ?? names,
      parseAccept('app-1--'),
    );

  it('is the only one that claims it', () => {
    expect(owner(undefined, { rivals: [] })).toBe('b');
  });

  it('is the lowest name when nothing is recorded', () => {
    expect(owner(undefined)).toBe('a');
  });

  it('is the recorded one while it still claims it', () => {
    expect(owner('b')).toBe('b');
    expect(owner('a')).toBe('a');
  });

  it('is the lowest name when the recorded one is gone', () => {
    expect(owner('gone')).toBe('a');
  });

  it('is no route of whose sources none is there', () => {
    expect(owner('a', { names: [] })).toBe('b');
  });

  it('is no route whose sources the namespace does not accept', () => {
    const rival = aRoute('a', { prefix: 'app-2--', namespaces: ['app-1'] });
    const claim = aClaim({ route: b });
    const all = [...names, 'app-2--pg--password'];
    expect(ownerOf(claim, [rival], 'a', () => all, parseAccept('app-1--'))).toBe('b');
    expect(ownerOf(claim, [rival], 'a', () => all, 'everything')).toBe('a');
  });

  it('is a paused one as well', () => {
    const paused = aRoute('a', { prefix: 'app-1--', namespaces: ['app-1'], paused: true });
    expect(ownerOf(aClaim({ route: b }), [paused], 'a', () => names, 'everything')).toBe('a');
  });
});
