import { describe, expect, it } from 'vitest';
import { knownSources } from '../../shared/source/needs.ts';
import { formOf, keysOfForm } from '../../shared/route/form.ts';
import { explicitSources, layoutPlacement } from '../../shared/route/placement.ts';
import { aTarget } from '../support/builders.ts';
import { aRoute } from '../support/documents.ts';

const keysOf = (spec: Record<string, unknown>, secret: string): string[] | undefined => {
  const route = aRoute('app-1', spec);
  const placement = layoutPlacement(route, secret);
  if (placement.kind !== 'placed') throw new Error('no place');
  return keysOfForm(formOf(route, placement));
};

describe('the keys of a whole secret', () => {
  it.each([
    [{}, 'app-1--pg--user', ['user']],
    [{}, 'app-1--pg', ['value']],
    [{ keyCase: 'UPPER_SNAKE' }, 'app-1--pg--db-user--x', ['DB_USER_X']],
    [{ layout: 'flat', key: 'it' }, 'app-1--pg', ['it']],
    [{ json: { property: 'p' } }, 'app-1--pg--user', ['user']],
    [{ json: 'expand' }, 'app-1--pg--user', undefined],
    [{ certificate: 'expand' }, 'app-1--pg--user', undefined],
    [{ type: 'kubernetes.io/tls' }, 'app-1--web', undefined],
    [{ type: 'kubernetes.io/ssh-auth' }, 'app-1--git', ['ssh-privatekey']],
    [{ type: 'kubernetes.io/ssh-auth' }, 'app-1--git--known-hosts', ['known-hosts']],
    [{ type: 'kubernetes.io/basic-auth' }, 'app-1--db', ['username', 'password']],
    [{ type: 'kubernetes.io/basic-auth' }, 'app-1--db--username', ['username']],
    [{ type: 'kubernetes.io/dockerconfigjson' }, 'app-1--acr', ['.dockerconfigjson']],
    [{ type: 'kubernetes.io/dockercfg', layout: 'flat' }, 'app-1--acr', ['.dockercfg']],
    [{ type: 'kubernetes.io/ssh-auth', json: { property: 'key' } }, 'app-1--git', ['ssh-privatekey']],
  ])('with %j of %s are %j', (spec, secret, keys) => {
    expect(keysOf(spec, secret)).toEqual(keys);
  });
});

describe('the secrets of an explicit route', () => {
  it('are those of every kind of entry, each once', () => {
    const field = (name: string) => ({ secret: `app-1--${name}` });
    const route = aRoute('app-1', {
      layout: 'explicit',
      name: 'all',
      data: {
        a: { secret: 'app-1--a', property: 'x' },
        t: { template: '{{ a }}{{ b }}', secrets: { a: 'app-1--a', b: 'app-1--b' } },
        c: { certificate: 'app-1--c', part: 'p12', password: 'app-1--p' },
        d: { logins: [{ registry: { text: 'r' }, username: field('u'), password: field('w') }] },
      },
    });
    expect(explicitSources(route)).toEqual(['a', 'b', 'c', 'p', 'u', 'w'].map((name) => `app-1--${name}`));
  });
});

describe('the sources of a target at an event', () => {
  const known = (spec: Record<string, unknown>, sources: string[], keys: string[]) => {
    const route = aRoute('app-1', spec);
    const asked = { by: 'secret', name: 'app-1--pg--user' } as const;
    return knownSources(aTarget({ route, asked }), { route: 'app-1', sources, keys });
  };

  it('are those recorded while the keys of the Secret are theirs', () => {
    const sources = ['app-1--pg--user', 'app-1--pg--password'];
    expect(known({}, sources, ['user', 'password'])).toEqual(sources.toSorted());
    expect(known({}, sources, ['user'])).toBeUndefined();
  });

  it('are asked of a listing when only values name the keys', () => {
    expect(known({ json: 'expand' }, ['app-1--pg--user'], ['user'])).toBeUndefined();
  });

  it('count both keys of a login', () => {
    const spec = { type: 'kubernetes.io/basic-auth' };
    expect(known(spec, ['app-1--pg'], ['password', 'username'])).toEqual(['app-1--pg', 'app-1--pg--user']);
  });
});
