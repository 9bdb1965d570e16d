import { describe, expect, it } from 'vitest';
import { knownSources } from '../../shared/source/needs.ts';
import { aTarget, aRef } from '../support/builders.ts';
import { aRoute } from '../support/documents.ts';

const PASSWORD = 'app-1--pg--password';
const USER = 'app-1--pg--user';
const recorded = (overrides = {}) => ({ route: 'app-1', sources: [USER], keys: ['user'], ...overrides });
const known = (live: Parameters<typeof knownSources>[1], overrides = {}, spec = {}) =>
  knownSources(aTarget({ route: aRoute('app-1', spec), ...overrides }), live);

describe('the sources of a target without asking the vault', () => {
  it("are those recorded on the Secret and the event's own", () => {
    expect(known(recorded())).toEqual([PASSWORD, USER]);
  });

  it('are those recorded and those listed, in a reconcile', () => {
    const asked = { by: 'run', listed: ['app-1--pg--port'] };
    expect(known(recorded(), { asked })).toEqual(['app-1--pg--port', USER]);
  });

  it.each([
    ['the Secret is absent', undefined],
    ['another route is recorded', recorded({ route: 'rival' })],
    ['no route is recorded', recorded({ route: undefined })],
    ['a key is missing', recorded({ keys: [] })],
    ['a key was added by hand', recorded({ keys: ['user', 'admin'] })],
    ['a key was renamed by hand', recorded({ keys: ['admin'] })],
    ['a recorded source was removed by hand', recorded({ sources: [], keys: ['user'] })],
    ['a source was added by hand', recorded({ sources: [USER, 'app-1--pg--port'] })],
    ['a recorded source was doubled by hand', recorded({ sources: [USER, USER] })],
  ])('are unknown when %s', (_why, live) => {
    expect(known(live)).toBeUndefined();
  });

  it('leave out what is recorded and not claimed by the route', () => {
    const forged = recorded({ sources: [USER, 'app-2--pg--admin'], keys: ['user', 'admin'] });
    expect(known(forged)).toEqual([PASSWORD, USER]);
  });

  it('leave out a recorded source that the route excludes by now', () => {
    expect(known(recorded(), {}, { exclude: ['*--user'] })).toEqual([PASSWORD]);
  });

  it.each([
    ['flat', { layout: 'flat' }, { name: PASSWORD }, [PASSWORD]],
    ['explicit', { layout: 'explicit', name: 'pg', data: { u: { secret: USER } } }, {}, [USER]],
  ])('come from the route in layout %s, whatever is recorded', (_layout, spec, target, sources) => {
    const asked = aTarget({ route: aRoute('app-1', spec), ref: aRef(target) });
    for (const live of [undefined, recorded({ route: 'rival' }), recorded()])
      expect(knownSources(asked, live)).toEqual(sources);
  });
});
