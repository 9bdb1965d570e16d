import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import host from '../../host.json' with { type: 'json' };
import { anEnvironment } from '../support/environment.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Functions, registeredFunctions } from './functions.ts';
import { CASES, CLUSTERS, inputFor } from './invocations.ts';

const SECOND_MS = 1000;

const STORAGE = /^(?:registry|status|queue)\./;
/** As long as each of the others takes at most by its own time-outs, or longer. */
const SLOW_MS: readonly [RegExp, number][] = [
  [/^vault\.list/, 30 * SECOND_MS],
  [/^vault\./, 15 * SECOND_MS],
  [/^kubernetes\./, 15 * SECOND_MS],
];

/** Everything answers, as late as it may; a vault has hundreds of pages. */
function slowWorld(clusters: readonly string[], storageMs: number): World {
  const world = createWorld({
    clusters: Object.fromEntries(clusters.map((name) => [name, {}])),
    places: 8,
  });
  for (let number = 0; number < 600; number += 1) world.set(`app-1--s${number}--password`, 'x');
  world.before = async (call) => {
    const [, otherMs = 0] = SLOW_MS.find(([pattern]) => pattern.test(call)) ?? [];
    const ms = STORAGE.test(call) ? storageMs : otherMs;
    if (!call.endsWith(' done')) await world.ports.clock.sleep(ms);
  };
  return world;
}

/** How long the work takes on the world's clock, however it ends; at most an hour. */
async function durationOf(world: World, work: Promise<unknown>): Promise<number> {
  const { clock } = world.ports;
  const begun = clock.now();
  let ended = Infinity;
  const end = (): void => void (ended = clock.now() - begun);
  work.then(end, end);
  for (let second = 0; second < 3600 && ended === Infinity; second += 5) await clock.advance(5 * SECOND_MS);
  return ended;
}

const [hours = 0, minutes = 0, seconds = 0] = host.functionTimeout.split(':').map(Number);
const TIMEOUT_MS = ((hours * 60 + minutes) * 60 + seconds) * SECOND_MS;

let functions: Functions;

beforeAll(async () => {
  for (const [name, value] of Object.entries(anEnvironment())) vi.stubEnv(name, value);
  functions = await registeredFunctions();
});
afterAll(() => void vi.unstubAllEnvs());

/**
 * One invocation that meets functionTimeout takes the whole worker with it, and everything else in flight: so none does,
 * however slow the others are.
 */
describe('well before functionTimeout', () => {
  it('every function ends: each has its tests here', () => {
    expect([...new Set(CASES.map(({ name }) => name))].toSorted()).toEqual(functions.names);
  });

  describe.each([
    ['the first time it is asked', 6 * SECOND_MS],
    ['the third time it is asked', 17 * SECOND_MS],
  ])('with everything as slow as it may be, and storage that answers %s', (_when, storageMs) => {
    it.each(CASES)('$name ends with $what', async ({ name, input, mostMs, clusters = CLUSTERS }) => {
      expect(mostMs).toBeLessThanOrEqual(0.95 * TIMEOUT_MS);
      const world = slowWorld(clusters, storageMs);

      const took = await durationOf(world, functions.call(name, world, inputFor(world, input)));

      expect(took).toBeLessThanOrEqual(mostMs);
    });
  });
});
