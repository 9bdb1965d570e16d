import { describe, expect, it } from 'vitest';
import { sampleFile } from '../../../shared/registry/sample-schema.ts';
import { previewRoute, sampleVersions } from '../../../shared/cli/render/preview.ts';
import { aRoute } from '../../support/documents.ts';
import { anExplicitRoute, READ_AT } from '../../render/builders.ts';

const samples = (values: Record<string, string>, tags: Record<string, string> = {}) =>
  sampleVersions(
    sampleFile.parse(Object.entries(values).map(([name, value]) => ({ name, value, tags }))),
    READ_AT,
  );

const VALUES = {
  'app-1--pg--user': 'app',
  'app-1--pg--password': 'hunter2',
  'app-1--mq': 'ü',
  'app-2--x': 'x',
};

describe('a preview', () => {
  it('shows the Secrets of a route with lengths and sources, never values', async () => {
    const preview = await previewRoute(aRoute('app-1', { namespaces: ['blue', 'app-1'] }), samples(VALUES));
    const pg = {
      name: 'pg',
      type: 'Opaque',
      keys: [
        { key: 'password', bytes: 7, sources: ['app-1--pg--password'] },
        { key: 'user', bytes: 3, sources: ['app-1--pg--user'] },
      ],
      notes: [],
    };
    const mq = {
      name: 'mq',
      type: 'Opaque',
      keys: [{ key: 'value', bytes: 2, sources: ['app-1--mq'] }],
      notes: [],
    };
    expect(preview.unplaced).toEqual([]);
    expect(preview.secrets).toEqual([
      { namespace: 'app-1', ...mq },
      { namespace: 'app-1', ...pg },
      { namespace: 'blue', ...mq },
      { namespace: 'blue', ...pg },
    ]);
    expect(JSON.stringify(preview)).not.toContain('hunter2');
  });

  it('of one secret shows the Secrets it feeds, whole', async () => {
    const { secrets } = await previewRoute(aRoute('app-1'), samples(VALUES), 'app-1--pg--user');
    expect(secrets.map(({ name, keys }) => [name, keys.length])).toEqual([['pg', 2]]);
  });

  it('shows a Secret that would be refused with the reason', async () => {
    const route = anExplicitRoute(
      { 'tls.crt': { secret: 'app-1--pg--user' } },
      { type: 'kubernetes.io/tls' },
    );
    const { secrets } = await previewRoute(route, samples(VALUES));
    expect(secrets).toEqual([
      {
        namespace: 'app-1',
        name: 'pg',
        type: 'kubernetes.io/tls',
        keys: [],
        notes: [],
        refusal: 'type kubernetes.io/tls needs the key tls.key',
      },
    ]);
  });

  it('says which secrets have no place', async () => {
    const bySegment = aRoute('app-1', { prefix: '', allSecrets: true, namespaces: { fromSegment: 2 } });
    const values = { 'app-1--pg--user': 'a', single: 'b', 'app-1---x': 'c' };
    const { secrets, unplaced } = await previewRoute(bySegment, samples(values));
    expect(secrets.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(['pg/user']);
    expect(unplaced.map(({ secret }) => secret)).toEqual(['app-1---x', 'single']);
  });
});

describe('selection', () => {
  const names = async (spec: Record<string, unknown>, tags: Record<string, string> = {}) => {
    const { secrets } = await previewRoute(aRoute('app-1', spec), samples(VALUES, tags));
    return secrets.flatMap(({ name, keys }) => keys.map(({ key }) => `${name}/${key}`));
  };

  it.each([
    [{ match: { names: ['app-1--pg--*'] } }, ['pg/password', 'pg/user']],
    [{ match: { names: ['app-1--m?', '*--user'] } }, ['mq/value', 'pg/user']],
    [{ match: { names: ['*'] }, exclude: ['*--password', '*--mq'] }, ['pg/user']],
    [{ match: { names: ['app-2--*'] } }, []],
    [{ exclude: ['APP-1--PG*'] }, ['mq/value']],
  ])('%j takes %j', async (spec, taken) => {
    expect(await names(spec)).toEqual(taken);
  });

  it('by tags asks for every tag, exactly, and reaches for no inherited one', async () => {
    const all = ['mq/value', 'pg/password', 'pg/user'];
    expect(await names({ match: { tags: { team: 'blue' } } }, { team: 'blue', x: 'y' })).toEqual(all);
    expect(await names({ match: { tags: { team: 'blue' } } }, { team: 'Blue' })).toEqual([]);
    expect(await names({ match: { tags: { team: 'blue', x: '' } } }, { team: 'blue' })).toEqual([]);
    expect(await names({ match: { tags: { constructor: 'x' } } })).toEqual([]);
  });

  it('by tags widens nothing: a secret outside the prefix stays outside', async () => {
    const { secrets } = await previewRoute(
      aRoute('app-1', { match: { tags: { team: 'blue' } } }),
      samples({ 'app-2--x': 'x' }, { team: 'blue' }),
    );
    expect(secrets).toEqual([]);
  });
});
