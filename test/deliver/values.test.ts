import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { deliver } from '../../shared/deliver/deliver.ts';
import { EVENT_PACE, type Result } from '../../shared/deliver/result.ts';
import { learntOf, type SourceStatus } from '../../shared/source/usable.ts';
import { leaksIn } from '../stack/leaks.ts';
import { aVersion, aWork, INSTANCE } from '../support/builders.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const VALUE = 'held-for-one-push-only';
const OLDER = 'also-held-for-one-push';
const { signal } = new AbortController();

function deliveryIn({ ports, settings }: World): Promise<Result[]> {
  const terms = {
    ...settings,
    pace: EVENT_PACE,
    instance: INSTANCE,
    acceptOlder: false,
    removalProven: () => false,
  };
  return finish(ports.clock, deliver(ports, [aWork()], terms, signal));
}

const everythingIn = (thing: unknown) => [
  { where: 'the results', text: inspect(thing, { depth: 20, showHidden: true, maxStringLength: null }) },
];

describe('a value is held no longer than its push', () => {
  it('by the results of what was written', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', VALUE);

    const results = await deliveryIn(world);

    expect(results).toMatchObject([{ code: 'DELIVERED' }]);
    expect(results[0]?.gathered?.get('app-1--pg--password')).toMatchObject({ state: 'valid' });
    expect(leaksIn(everythingIn(results), [VALUE])).toEqual([]);
  });

  it('by the results of what could not be written', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', VALUE);
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', when: (call) => call.includes('create') });

    const results = await deliveryIn(world);

    expect(results).toMatchObject([{ code: 'CLUSTER_FAILED' }]);
    expect(leaksIn(everythingIn(results), [VALUE])).toEqual([]);
  });

  it('by what is learnt of a version that waits, and of the one until then', () => {
    const [version, latest] = [aVersion({ value: OLDER }), aVersion({ value: VALUE })];

    const learnt = learntOf({ state: 'not-yet-valid', version, latest });

    expect(learnt).toMatchObject({ latest: { name: latest.name, readAt: latest.readAt } });
    expect(leaksIn(everythingIn(learnt), [VALUE, OLDER])).toEqual([]);
  });

  it('or it does not compile', () => {
    // @ts-expect-error A version with its value is nothing that may be kept.
    const kept: SourceStatus = { state: 'valid', version: aVersion({ value: VALUE }) };

    expect(leaksIn(everythingIn(kept), [VALUE])).not.toEqual([]);
  });
});
