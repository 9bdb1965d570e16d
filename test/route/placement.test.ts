import { describe, expect, it } from 'vitest';
import { explicitSources, fixedSources, placementOf } from '../../shared/route/placement.ts';
import { aRoute } from '../support/documents.ts';

const placed = (name: string, spec = {}) => placementOf(aRoute('app-1', spec), name);

describe('layout service', () => {
  it.each([
    ['app-1--postgres972--connectionstring', {}, 'postgres972', 'connectionstring'],
    ['app-1--pg--tls--key', {}, 'pg', 'tls.key'],
    ['app-1--pg', {}, 'pg', 'value'],
    ['app-1--pg--password', { keyCase: 'UPPER_SNAKE' }, 'pg', 'PASSWORD'],
    ['app-1--pg--tls--ca-cert', { keyCase: 'UPPER_SNAKE' }, 'pg', 'TLS_CA_CERT'],
    ['app-1--pg', { keyCase: 'UPPER_SNAKE' }, 'pg', 'VALUE'],
    ['app-1--eu--pg--password', { prefix: 'app-1--eu--' }, 'pg', 'password'],
    ['app-1--pg--password', { prefix: '', allSecrets: true }, 'app-1', 'pg.password'],
    [
      'app-1--pg--password',
      { prefix: '', allSecrets: true, namespaces: { fromSegment: 1 } },
      'pg',
      'password',
    ],
    ['eu--app-1--pg--password', { prefix: 'eu--', namespaces: { fromSegment: 2 } }, 'pg', 'password'],
    ['eu--app-1--pg--password', { prefix: 'eu--app-1--', namespaces: { fromSegment: 1 } }, 'pg', 'password'],
  ])('puts %s with %j into Secret %s, key %s', (name, spec, secret, key) => {
    expect(placed(name, spec)).toMatchObject({ name: secret, key });
  });

  it('refuses a name of which nothing is left', () => {
    const spec = { prefix: '', allSecrets: true, namespaces: { fromSegment: 1 } };
    expect(placed('app-1', spec)).toEqual({
      kind: 'refused',
      code: 'RENDER_REFUSED',
      message: 'no segment is left to name the Secret after the prefix and the namespace',
    });
  });
});

describe('layout flat', () => {
  it.each([
    [{}, 'value'],
    [{ key: 'Password.txt' }, 'Password.txt'],
    [{ keyCase: 'UPPER_SNAKE' }, 'VALUE'],
    [{ keyCase: 'UPPER_SNAKE', key: 'Password.txt' }, 'Password.txt'],
  ])('with %j keeps the whole name and makes the key %s', (spec, key) => {
    const place = placed('app-1--pg--password', { layout: 'flat', ...spec });
    expect(place).toMatchObject({ name: 'app-1--pg--password', key });
  });

  it('makes a Secret of one secret named whole', () => {
    const spec = { layout: 'flat', prefix: 'app-1--pg--password' };
    expect(placed('app-1--pg--password', spec)).toMatchObject({ name: 'app-1--pg--password' });
  });
});

describe('layout explicit', () => {
  const spec = {
    layout: 'explicit',
    name: 'database',
    data: {
      url: { template: '{{ u }}:{{ p }}', secrets: { u: 'app-1--pg--user', p: 'app-1--pg--password' } },
      password: { secret: 'app-1--pg--password' },
    },
  };
  const route = aRoute('app-1', spec);

  it('puts the secrets it names into the Secret it names', () => {
    expect(placementOf(route, 'app-1--pg--user')).toMatchObject({ name: 'database', key: undefined });
  });

  it('does not want a secret it does not name', () => {
    expect(placementOf(route, 'app-1--pg--port')).toEqual({
      kind: 'unwanted',
      reason: 'its data does not name the secret',
    });
  });

  it('names each source once', () => {
    expect(explicitSources(route).sort()).toEqual(['app-1--pg--password', 'app-1--pg--user']);
  });
});

describe('the sources of a target', () => {
  it('are decided by the route alone in the layouts flat and explicit', () => {
    expect(fixedSources(aRoute('app-1', { layout: 'flat' }), 'app-1--pg')).toEqual(['app-1--pg']);
    const spec = { layout: 'explicit', name: 'database', data: { p: { secret: 'app-1--pg--password' } } };
    expect(fixedSources(aRoute('app-1', spec), 'database')).toEqual(['app-1--pg--password']);
  });

  it('need a listing in layout service', () => {
    expect(fixedSources(aRoute(), 'pg')).toBeUndefined();
  });
});
