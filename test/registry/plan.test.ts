import { describe, expect, it } from 'vitest';
import { collisionsIn } from '../../shared/registry/collisions.ts';
import { changesBetween } from '../../shared/registry/diff.ts';
import { planApply, planDelete } from '../../shared/registry/plan.ts';
import type { Existing, RegistryPlan } from '../../shared/registry/plan.ts';
import { partitionOf } from '../../shared/registry/row.ts';
import { strandsOf, unreachedIn } from '../../shared/registry/strands.ts';
import { aCluster, aRoute, stored, writtenCluster, writtenRoute } from '../support/documents.ts';

const existing = (written: unknown, set?: string): Existing => {
  const row = stored(written);
  const { kind, metadata } = row.document;
  return {
    kind,
    name: metadata.name,
    partition: partitionOf(row.document),
    etag: 'e',
    row,
    applied: set === undefined ? {} : { set },
  };
};
const doneBy = ({ actions }: RegistryPlan): string[] =>
  actions.map((action) =>
    'wanted' in action
      ? `${action.do} ${action.wanted.document.metadata.name}`
      : `${action.do} ${action.existing.name}`,
  );
const keep = { prune: false };
const prune = { prune: true, set: 'main' };
const ofMain = (written: unknown): Existing => existing(written, 'main');

describe('a plan', () => {
  it('puts clusters before routes and deletes routes before clusters', () => {
    const wanted = [writtenRoute('new'), writtenRoute('changed', { paused: true }), writtenCluster('c')].map(
      stored,
    );
    const there = [writtenCluster('old'), writtenRoute('changed'), writtenRoute('gone')].map(ofMain);

    expect(doneBy(planApply(wanted, there, prune))).toEqual([
      'create c',
      'create new',
      'update changed',
      'delete gone',
      'delete old',
    ]);
    expect(doneBy(planApply(wanted, there, keep))).toEqual(['create c', 'create new', 'update changed']);
  });

  it('is empty for what is there already, and repeating it changes nothing', () => {
    const documents = [writtenCluster(), writtenRoute()];

    const plan = planApply(documents.map(stored), documents.map(ofMain), prune);

    expect(doneBy(plan)).toEqual(['unchanged weu-1', 'unchanged app-1']);
    expect(plan.after).toEqual(plan.before);
  });

  it('prunes only documents of its own set, and never those of none', () => {
    const there = [
      existing(writtenRoute('mine'), 'main'),
      existing(writtenRoute('theirs'), 'other'),
      existing(writtenRoute('nobodys')),
    ];

    expect(doneBy(planApply([], there, prune))).toEqual(['delete mine']);
    expect(doneBy(planApply([], there, { prune: true }))).toEqual([]);
  });

  it('takes a document of no set into its set, and says so as a change', () => {
    const plan = planApply([stored(writtenRoute())], [existing(writtenRoute())], {
      prune: false,
      set: 'main',
    });

    expect(plan.actions).toMatchObject([{ do: 'update', changes: [{ field: 'set', to: 'main' }] }]);
  });

  it('takes a route and a cluster of one name for two things', () => {
    const plan = planApply([stored(writtenRoute('same'))], [existing(writtenCluster('same'))], keep);

    expect(doneBy(plan)).toEqual(['create same']);
  });

  it('removes the other rows of a route name that stands in several vaults', () => {
    const there = ['team', 'other'].map((vault) => existing(writtenRoute('app-1', { vault })));

    const plan = planApply([stored(writtenRoute())], there, keep);

    expect(plan.actions).toMatchObject([
      { do: 'delete', existing: { partition: 'other' }, reason: 'stands in vault team now' },
      { do: 'unchanged' },
    ]);
  });
});

describe('the changes between two documents', () => {
  it('are named field by field, lists as a whole, long values cut', () => {
    const template = (text: string) => ({
      layout: 'explicit',
      name: 'pg',
      data: { 'a.b': { template: text, secrets: {} } },
    });
    const before = aRoute('app-1', { ...template('x'.repeat(300)), onDeleted: 'remove' });
    const after = aRoute('app-1', {
      ...template('y'),
      namespaces: ['app-1', 'app-2'],
      key: undefined,
      encoding: 'hex',
    });

    expect(changesBetween(before, after)).toEqual([
      { field: 'spec.namespaces', from: '["app-1"]', to: '["app-1","app-2"]' },
      { field: 'spec.data["a.b"].template', from: `"${'x'.repeat(49)}… (302 characters)`, to: '"y"' },
      { field: 'spec.onDeleted', from: '"remove"', to: '"keep"' },
      { field: 'spec.encoding', to: '"hex"' },
    ]);
  });
});

describe('what a plan strands', () => {
  const there = [
    writtenCluster('weu-1'),
    writtenCluster('neu-1', { orphans: 'remove' }),
    writtenRoute('app-1'),
    writtenRoute('app-2', { clusters: { names: ['weu-1'] } }),
  ].map((written) => existing(written));
  const strands = (documents: unknown[], options = keep) =>
    strandsOf(planApply(documents.map(stored), there, options));

  it('is nothing for a plan that only adds', () => {
    expect(strands([writtenRoute('app-3')])).toEqual([]);
  });

  it('are the routes that named or selected a deleted cluster', () => {
    const doomed = there.filter(({ name }) => name === 'weu-1');

    expect(strandsOf(planDelete(doomed, there))).toEqual([
      'Cluster weu-1 goes (reached by app-1, app-2): its Secrets stay there, nothing updates or removes them any more',
    ]);
  });

  it('are the Secrets of a deleted route, and what becomes of them where', () => {
    const doomed = there.filter(({ name }) => name === 'app-1');

    expect(strandsOf(planDelete(doomed, there))).toEqual([
      'Route app-1 goes from weu-1, neu-1: its Secrets there have no route: they are kept and no longer updated; in neu-1 they are removed only when a person confirms (REMOVAL_HELD)',
      'Cluster neu-1 is left without any route',
    ]);
  });

  it('are clusters that lose their routes through a label', () => {
    expect(strands([writtenCluster('weu-1', {}, { env: 'test' })])).toEqual([
      'Route app-1 no longer reaches weu-1: its Secrets there have no route: they are kept and no longer updated',
    ]);
  });

  it('are labels and annotations that a route no longer names, and not those that only change', () => {
    const marked = existing(
      writtenRoute('app-1', {
        labels: { 'acme.io/team': 'a', 'acme.io/tier': 'gold' },
        annotations: { 'acme.io/note': 'x' },
      }),
    );
    const plan = planApply(
      [writtenRoute('app-1', { labels: { 'acme.io/tier': 'silver' } })].map(stored),
      [marked],
      keep,
    );

    expect(strandsOf(plan).filter((said) => said.includes('no longer names'))).toEqual([
      'Route app-1 no longer names labels acme.io/team: Secrets that have them keep them until somebody takes them off: kubectl label secret NAME -n NAMESPACE acme.io/team-',
      'Route app-1 no longer names annotations acme.io/note: Secrets that have them keep them until somebody takes them off: kubectl annotate secret NAME -n NAMESPACE acme.io/note-',
    ]);
  });

  it('are removed at once from no cluster, but when runs agree where another route reaches it', () => {
    const more = [...there, writtenRoute('app-9')].map((one) => ('etag' in one ? one : existing(one)));
    const doomed = more.filter(({ name }) => name === 'app-1');

    expect(strandsOf(planDelete(doomed, more))).toEqual([
      'Route app-1 goes from weu-1, neu-1: its Secrets there have no route: they are kept and no longer updated; in neu-1 they are removed when runs an hour apart agree; if many at once, a person must confirm',
    ]);
  });

  it('reports beside it the routes that reach nothing, or not all that they name', () => {
    const plan = planApply(
      [
        writtenRoute('idle', { clusters: { matchLabels: { env: 'none' } } }),
        writtenRoute('wrong', { clusters: { names: ['weu-9'] } }),
      ].map(stored),
      there,
      keep,
    );

    expect(strandsOf(plan)).toEqual([]);
    expect(unreachedIn(plan)).toEqual([
      { route: 'idle', rule: 'selects-nothing', message: 'Route idle selects no registered cluster' },
      { route: 'wrong', rule: 'unknown-cluster', message: 'Route wrong names weu-9, not registered' },
    ]);
  });
});

describe('collisions that are certain', () => {
  const explicit = (name: string, secret: string) => ({
    layout: 'explicit',
    name,
    data: { key: { secret } },
    namespaces: ['app'],
  });
  const pairs: [string, ReturnType<typeof aRoute>, ReturnType<typeof aRoute>, RegExp | undefined][] = [
    [
      'two explicit routes of one Secret',
      aRoute('a', explicit('pg', 'a--x')),
      aRoute('b', explicit('pg', 'b--x')),
      /Secret pg in app of weu-1/,
    ],
    [
      'even of two vaults',
      aRoute('a', explicit('pg', 'a--x')),
      aRoute('b', { ...explicit('pg', 'b--x'), vault: 'other' }),
      /Secret pg/,
    ],
    [
      'but not of two Secrets',
      aRoute('a', explicit('pg', 'a--x')),
      aRoute('b', explicit('pg-2', 'b--x')),
      undefined,
    ],
    [
      'a whole name, flat, and an explicit one',
      aRoute('a', { layout: 'flat', prefix: 'app--pg', namespaces: ['app'] }),
      aRoute('b', explicit('app--pg', 'b--x')),
      /Secret app--pg/,
    ],
    [
      'two services of one prefix',
      aRoute('a', { prefix: 'x--', namespaces: ['app', 'b'] }),
      aRoute('b', { prefix: 'x--', namespaces: ['app'] }),
      /the Secrets of x-- in app of/,
    ],
    [
      'but not when one selects',
      aRoute('a', { prefix: 'x--', namespaces: ['app'], exclude: ['x--y--*'] }),
      aRoute('b', { prefix: 'x--', namespaces: ['app'] }),
      undefined,
    ],
    [
      'flat prefixes, one inside the other',
      aRoute('a', { layout: 'flat', prefix: 'x--', namespaces: ['app'] }),
      aRoute('b', { layout: 'flat', prefix: 'x--y--', namespaces: ['app'] }),
      /the Secrets of x--y--/,
    ],
    [
      'but not services, one inside the other',
      aRoute('a', { prefix: 'x--', namespaces: ['app'] }),
      aRoute('b', { prefix: 'x--y--', namespaces: ['app'] }),
      undefined,
    ],
    [
      'namespaces of one segment',
      aRoute('a', { prefix: 'x--', namespaces: { fromSegment: 1 } }),
      aRoute('b', { prefix: 'x--', namespaces: { fromSegment: 1 } }),
      /the namespaces of segment 1/,
    ],
    ['but not other namespaces', aRoute('a', { prefix: 'x--' }), aRoute('b', { prefix: 'x--' }), undefined],
    [
      'nor other clusters',
      aRoute('a', { prefix: 'x--', namespaces: ['app'] }),
      aRoute('b', { prefix: 'x--', namespaces: ['app'], clusters: { names: ['neu-1'] } }),
      undefined,
    ],
  ];

  it.each(pairs)('%s', (_, a, b, expected) => {
    const found = collisionsIn([aCluster(), a, b]);

    expect(found).toHaveLength(expected === undefined ? 0 : 1);
    expect(found.join()).toMatch(expected ?? /^$/);
    expect(collisionsIn([b, a, aCluster()])).toEqual(found);
  });
});
