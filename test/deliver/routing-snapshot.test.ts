import { beforeEach, describe, expect, it } from 'vitest';
import { snapshotRouting } from '../../shared/deliver/routing-snapshot.ts';
import { VaultcastError } from '../../shared/errors.ts';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { createFakeClock, type FakeClock } from '../support/fakes/clock.ts';
import { fakeRegistry, type FakeRegistry } from '../support/fakes/registry.ts';

const { signal } = new AbortController();
const PREFIXES = ['', 'app-1--', 'app-1--pg--', 'app-1--pg--password'];

let clock: FakeClock;
let registry: FakeRegistry;
let routing: ReturnType<typeof snapshotRouting>;
let calls: string[];
let held: (() => void)[];

beforeEach(() => {
  clock = createFakeClock();
  registry = fakeRegistry(stored(writtenCluster()), stored(writtenRoute()), stored(writtenRoute('app-2')));
  [calls, held] = [[], []];
  registry.before = async (call) => void calls.push(call);
  routing = snapshotRouting(registry, clock);
});

const names = async (): Promise<string[]> =>
  (await routing.routesByPrefix('team', PREFIXES, signal)).rows.map(({ metadata }) => metadata.name);

/** Calls wait until they are let go. */
function hold(): void {
  registry.before = (call) => {
    calls.push(call);
    return new Promise((go) => held.push(go));
  };
}

function letGo(): void {
  registry.before = async (call) => void calls.push(call);
  for (const go of held.splice(0)) go();
}

describe('the registry as events see it', () => {
  it('is asked by one that is alone for its own rows', async () => {
    expect(await names()).toEqual(['app-1']);
    expect(await names()).toEqual(['app-1']);
    expect(calls).toEqual(['routesByPrefix', 'routesByPrefix']);
  });

  it('is asked once for all by those that come while one asks', async () => {
    hold();
    const all = [names(), names(), names(), names()];
    letGo();
    expect(await Promise.all(all)).toEqual([['app-1'], ['app-1'], ['app-1'], ['app-1']]);
    expect(calls).toEqual(['routesByPrefix', 'routes']);
  });

  it('is what they found for two seconds, and then asked anew', async () => {
    hold();
    const both = [names(), names()];
    letGo();
    await Promise.all(both);
    await registry.put(stored(writtenRoute('app-1b', { prefix: 'app-1--pg--' })), undefined, signal);
    calls.length = 0;
    await clock.advance(1999);
    expect(await names()).toEqual(['app-1']);
    expect(calls).toEqual([]);
    await clock.advance(1);
    expect(await names()).toEqual(['app-1', 'app-1b']);
    expect(calls).toEqual(['routesByPrefix']);
  });

  it('is nothing that failed: the next one asks again', async () => {
    hold();
    const first = names();
    const second = names();
    registry.before = async () => {
      throw new VaultcastError('REGISTRY_UNAVAILABLE', 'down');
    };
    for (const go of held.splice(0, 1)) go();
    await first;
    held.splice(0).forEach((go) => go());
    await second.catch(() => undefined);
    letGo();
    expect(await names()).toEqual(['app-1']);
  });

  it('gives up a wait with its signal, and goes on for the others', async () => {
    hold();
    const first = names();
    const impatient = new AbortController();
    const second = routing.routesByPrefix('team', PREFIXES, impatient.signal);
    const third = names();
    impatient.abort();
    await expect(second).rejects.toMatchObject({ code: 'OUT_OF_TIME' });
    letGo();
    expect(await Promise.all([first, third])).toEqual([['app-1'], ['app-1']]);
  });

  it('finds routes of other vaults for nobody', async () => {
    hold();
    const both = [names(), routing.routesByPrefix('other', PREFIXES, signal)];
    letGo();
    const [, other] = await Promise.all(both);
    expect(other).toEqual({ rows: [], bad: [] });
  });

  it('shares the clusters, too', async () => {
    hold();
    const all = [routing.clusters(signal), routing.clusters(signal), routing.clusters(signal)];
    letGo();
    for (const { rows } of await Promise.all(all)) expect(rows).toHaveLength(1);
    expect(calls).toEqual(['clusters', 'clusters']);
  });
});
