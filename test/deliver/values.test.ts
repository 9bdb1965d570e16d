import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { deliver } from '../../shared/deliver/deliver.ts';
import { type SourceStatus, statusOf } from '../../shared/source/source.ts';
import type { Outcome } from '../../shared/status/outcome.ts';
import { leaksIn } from '../stack/leaks.ts';
import { aTarget, aVersion, INSTANCE } from '../support/builders.ts';
import { createWorld, finish, type World } from '../support/world.ts';

const VALUE = 'held-for-one-push-only';
const OLDER = 'also-held-for-one-push';
const { signal } = new AbortController();

function deliveryIn({ ports, settings }: World): Promise<Outcome[]> {
  const delivery = {
    ...settings,
    pace: 'event',
    instance: INSTANCE,
    dryRun: false,
    safeguard: async () => {},
  } as const;
  return finish(ports.clock, deliver(ports, [aTarget()], delivery, signal));
}

const everythingIn = (thing: unknown) => [
  { where: 'the outcomes', text: inspect(thing, { depth: 20, showHidden: true, maxStringLength: null }) },
];

describe('a value is held no longer than its push', () => {
  it('by the outcomes of what was written', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', VALUE);

    const outcomes = await deliveryIn(world);

    expect(outcomes).toMatchObject([{ code: 'DELIVERED' }]);
    const look = outcomes[0]?.look;
    const status = look?.at === 'sources' ? look.sources.get('app-1--pg--password') : undefined;
    expect(status).toMatchObject({ state: 'valid' });
    expect(leaksIn(everythingIn(outcomes), [VALUE])).toEqual([]);
  });

  it('by the outcomes of what could not be written', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', VALUE);
    world.ports.kubernetes.fail({ code: 'CLUSTER_FAILED', when: (call) => call.includes('create') });

    const outcomes = await deliveryIn(world);

    expect(outcomes).toMatchObject([{ code: 'CLUSTER_FAILED' }]);
    expect(leaksIn(everythingIn(outcomes), [VALUE])).toEqual([]);
  });

  it('by what is learnt of a version that waits, and of the one until then', () => {
    const [version, latest] = [aVersion({ value: OLDER }), aVersion({ value: VALUE })];

    const learnt = statusOf({ state: 'not-yet-valid', version, latest });

    expect(learnt).toMatchObject({ latest: { name: latest.name, readAt: latest.readAt } });
    expect(leaksIn(everythingIn(learnt), [VALUE, OLDER])).toEqual([]);
  });

  it('or it does not compile', () => {
    // @ts-expect-error A version with its value is nothing that may be kept.
    const kept: SourceStatus = { state: 'valid', version: aVersion({ value: VALUE }) };

    expect(leaksIn(everythingIn(kept), [VALUE])).not.toEqual([]);
  });
});
