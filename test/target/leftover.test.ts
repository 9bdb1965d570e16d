import { describe, expect, it } from 'vitest';
import { leftoverOf, NO_LEFTOVER, without } from '../../shared/target/leftover.ts';
import { SOURCES_ANNOTATION } from '../../shared/target/ownership.ts';
import { aLiveSecret, aRendering, aVersion, base64 } from '../support/builders.ts';
import { aRoute } from '../support/documents.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';

const recorded = (...names: string[]): string => names.map((name) => `team/${name}@a:1`).join(',');

/** A Secret that records these sources and holds these keys. */
function aSecret(sources: string, ...keys: string[]) {
  const { annotations } = aLiveSecret();
  return aLiveSecret({
    annotations: { ...annotations, [SOURCES_ANNOTATION]: sources },
    data: Object.fromEntries(keys.map((key) => [key, base64(key)])),
  });
}

const flat = aRoute();
const explicit = (...sources: string[]) => {
  const data = Object.fromEntries(sources.map((name) => [name.split('--').at(-1), { secret: name }]));
  return aRoute('app-1', { layout: 'explicit', name: 'pg', data });
};
/** Only the password feeds the target still, and makes its key. */
const left = (route: ReturnType<typeof aRoute>, live: ReturnType<typeof aSecret>) =>
  leftoverOf(route, new Set([PASSWORD]), aRendering(), live);

describe('what stands in a Secret although it feeds it no more', () => {
  it('is the key of a recorded source that is gone, and that source', () => {
    const live = aSecret(recorded(PASSWORD, USER), 'password', 'user');
    expect(left(flat, live)).toEqual({ keys: ['user'], sources: [USER] });
  });

  it('is nothing while every recorded source feeds the target', () => {
    expect(left(flat, aSecret(recorded(PASSWORD), 'password', 'added-by-hand'))).toEqual(NO_LEFTOVER);
  });

  it('is nothing where no Secret stands', () => {
    expect(leftoverOf(flat, new Set(), aRendering(), undefined)).toEqual(NO_LEFTOVER);
  });

  it('is no key that was added by hand, though another source is gone', () => {
    const live = aSecret(recorded(PASSWORD, USER), 'password', 'user', 'added-by-hand');
    expect(left(flat, live).keys).toEqual(['user']);
  });

  it('is no key that was added by hand under the name of a source that was never recorded', () => {
    const route = explicit(PASSWORD, USER, 'app-1--pg--host');
    const live = aSecret(recorded(PASSWORD, USER), 'password', 'user', 'host');
    expect(left(route, live)).toEqual({ keys: ['user'], sources: [USER] });
  });

  it('is no key that was added by hand under the name of an entry whose other secret never fed the target', () => {
    const secrets = { password: PASSWORD, host: 'app-1--pg--host' };
    const data = { url: { template: '{{ host }}', secrets }, password: { secret: PASSWORD } };
    const route = aRoute('app-1', { layout: 'explicit', name: 'pg', data });
    expect(left(route, aSecret(recorded(PASSWORD), 'password', 'url'))).toEqual(NO_LEFTOVER);
  });

  it('is any key that nothing makes, where an explicit route names its source no more', () => {
    const live = aSecret(recorded(PASSWORD, USER), 'password', 'login');
    expect(left(explicit(PASSWORD), live)).toEqual({ keys: ['login'], sources: [USER] });
  });

  it.each([
    ['flat', flat],
    ['explicit', explicit(PASSWORD)],
  ])('is no key behind a forged source outside the prefix of the route (%s)', (_layout, route) => {
    const live = aSecret(recorded(PASSWORD, 'app-2--pg--user'), 'password', 'user');
    expect(left(route, live)).toEqual(NO_LEFTOVER);
  });

  it('is no forged source outside the prefix, though one inside it is gone, too', () => {
    const live = aSecret(recorded(PASSWORD, USER, 'app-2--pg--admin'), 'password', 'user', 'admin');
    expect(left(flat, live)).toEqual({ keys: ['user'], sources: [USER] });
  });

  it('is no source that the route puts into another Secret', () => {
    const live = aSecret(recorded(PASSWORD, 'app-1--mq--user'), 'password', 'user');
    expect(left(flat, live)).toEqual(NO_LEFTOVER);
  });

  it('is no recorded source without a key in the Secret', () => {
    expect(left(flat, aSecret(recorded(PASSWORD, USER), 'password'))).toEqual(NO_LEFTOVER);
  });

  it('is no key that the rendering makes from another source', () => {
    const rendering = aRendering({ data: { password: base64('x'), user: base64('y') } });
    const live = aSecret(recorded(PASSWORD, USER), 'password', 'user');
    expect(leftoverOf(flat, new Set([PASSWORD]), rendering, live)).toEqual(NO_LEFTOVER);
  });

  it('is no key that is being removed for its own reason', () => {
    const live = aSecret(recorded(PASSWORD, USER), 'password', 'user');
    const rendering = aRendering({ removed: ['user'] });
    expect(leftoverOf(flat, new Set([PASSWORD]), rendering, live)).toEqual(NO_LEFTOVER);
  });

  it.each([
    ['is still used', { used: new Map([[USER, aVersion({ name: USER })]]) }],
    ['keeps a key', { keptSources: [USER] }],
  ])('leaves a source recorded that %s elsewhere in the Secret', (_why, more) => {
    const live = aSecret(recorded(PASSWORD, USER), 'password', 'user');
    const rendering = aRendering(more);
    expect(leftoverOf(flat, new Set([PASSWORD]), rendering, live)).toEqual({ keys: ['user'], sources: [] });
  });
});

describe('a Secret without its leftover', () => {
  const live = aSecret(recorded(PASSWORD, USER), 'password', 'user');

  it('has neither its keys nor its sources', () => {
    const rest = without(live, { keys: ['user'], sources: [USER] });
    expect(rest.data).toEqual({ password: base64('password') });
    expect(rest.annotations).toEqual({
      ...live.annotations,
      [SOURCES_ANNOTATION]: recorded(PASSWORD),
    });
  });

  it('is itself when nothing is left over', () => {
    expect(without(live, NO_LEFTOVER)).toBe(live);
  });
});
