import { describe, expect, it } from 'vitest';
import { closest } from '../../shared/registry/closest.ts';
import { tableConnection } from '../../shared/registry/connection.ts';
import { fieldsAllowedAt, registryJsonSchema } from '../../shared/registry/json-schema.ts';

describe('the JSON Schema of the registry', () => {
  const schema = registryJsonSchema();

  it('knows the fields of either kind at any depth', () => {
    expect(fieldsAllowedAt(schema, 'Cluster', ['spec'])).toContain('aks');
    expect(fieldsAllowedAt(schema, 'Cluster', ['spec'])).not.toContain('vault');
    expect(fieldsAllowedAt(schema, 'Route', ['spec', 'data', 'any key'])).toEqual(
      expect.arrayContaining(['secret', 'template', 'secrets']),
    );
    expect(fieldsAllowedAt(schema, undefined, [])).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(fieldsAllowedAt(schema, 'Route', ['spec', 'nowhere'])).toEqual([]);
  });

  it('lets defaults be left out', () => {
    const text = JSON.stringify(schema);

    expect(text).toContain('"required":["vault","prefix","clusters","namespaces"]');
    expect(text).toContain('"default":"service"');
  });
});

describe('the name somebody meant', () => {
  it.each([
    ['layot', ['layout', 'labels'], 'layout'],
    ['lables', ['layout', 'labels'], 'labels'],
    ['ROUTE', ['Cluster', 'Route'], 'Route'],
    ['x', ['layout'], undefined],
    ['completely-different', ['layout'], undefined],
    ['x'.repeat(100_000), ['layout'], undefined],
  ])('%s among %j', (written, allowed, expected) => {
    expect(closest(written, allowed)).toBe(expected);
  });
});

describe('the connection in the convention of Functions', () => {
  const URI = 'https://team.table.core.windows.net';
  const KEYED = 'DefaultEndpointsProtocol=https;AccountName=team;AccountKey=abc=';

  it.each([
    [{ REGISTRY: KEYED }, { connectionString: KEYED }],
    [{ REGISTRY: 'UseDevelopmentStorage=true' }, { connectionString: 'UseDevelopmentStorage=true' }],
    [{ REGISTRY__tableServiceUri: URI }, { tableServiceUri: URI }],
    [
      { REGISTRY__tableServiceUri: URI, REGISTRY__clientId: 'id', REGISTRY__credential: 'managedidentity' },
      { tableServiceUri: URI, clientId: 'id' },
    ],
    [{}, { problems: ['REGISTRY__tableServiceUri (or REGISTRY) must be set'] }],
    [
      { REGISTRY: KEYED, REGISTRY__tableServiceUri: URI },
      { problems: ['REGISTRY and REGISTRY__tableServiceUri must not both be set'] },
    ],
    [
      { REGISTRY__tableServiceUri: 'http://x', REGISTRY__credential: 'magic' },
      {
        problems: [
          'REGISTRY__tableServiceUri must start with https://',
          'REGISTRY__credential must be managedidentity or unset',
        ],
      },
    ],
    [
      { REGISTRY: URI },
      { problems: ['REGISTRY must be a storage connection string; for a URL set REGISTRY__tableServiceUri'] },
    ],
  ])('%j', (env, expected) => {
    expect(tableConnection(env, 'REGISTRY')).toEqual(expected);
  });
});
