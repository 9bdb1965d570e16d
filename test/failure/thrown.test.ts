import { inspect } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { VaultcastError } from '../../shared/errors.ts';
import { anEnvironment, type Env } from '../support/environment.ts';
import { createWorld, finish, type World } from '../support/world.ts';
import { type Functions, registeredFunctions } from './functions.ts';
import { CASES, CLUSTERS, inputFor } from './invocations.ts';

const WORDS = 'hunter2 of somebody else';
const quoting = Object.assign(new Error(WORDS, { cause: new Error(WORDS) }), { request: { body: WORDS } });

/** What code of others throws, and an error of our own that kept it. */
const THROWN: [string, unknown][] = [
  ['an error that quotes', quoting],
  ['an error whose name quotes', Object.assign(new Error('x'), { code: WORDS, stack: WORDS })],
  ['several errors', new AggregateError([quoting], WORDS)],
  ['a text', WORDS],
  ['an object', { message: WORDS, toString: () => WORDS }],
  ['an error of ours with its cause', new VaultcastError('STATUS_UNAVAILABLE', 'away', { cause: quoting })],
];

let functions: Functions;

function useSettings(env: Env): void {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
}

beforeAll(async () => {
  functions = await registeredFunctions();
});
afterEach(() => void vi.unstubAllEnvs());

/** What a function threw, if it did, and everything that was said. */
async function ended(
  world: World,
  name: string,
  input: unknown,
): Promise<{ thrown: unknown; lines: string[] }> {
  const lines: string[] = [];
  const call = functions.call(name, world, inputFor(world, input), lines);
  const thrown: unknown = await finish(world.ports.clock, call).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { thrown, lines: [...lines, ...world.ports.log.lines] };
}

describe('whatever a function meets', () => {
  beforeEach(() => useSettings(anEnvironment()));

  describe.each(THROWN)('%s', (_what, thrown) => {
    it.each(CASES)('no word of it leaves $name with $what', async ({ name, input }) => {
      const world = createWorld({ clusters: Object.fromEntries(CLUSTERS.map((cluster) => [cluster, {}])) });
      world.before = () => Promise.reject(thrown as Error);
      const end = await ended(world, name, input);
      expect(inspect(end, { depth: 12, showHidden: true, maxStringLength: null })).not.toContain('hunter2');
      if (end.thrown === undefined) return;
      expect(end.thrown).toBeInstanceOf(Error);
      expect(Object.getOwnPropertyNames(end.thrown).toSorted()).toEqual(['message', 'stack']);
      expect(inspect(end.thrown)).toMatch(/^Error: [A-Z_]+: /);
      expect(end.lines.length).toBeGreaterThan(0);
    });
  });
});

describe('with settings that the app refuses', () => {
  beforeEach(() => useSettings({ ...anEnvironment(), VAULTS: '', NODE_TLS_REJECT_UNAUTHORIZED: '0' }));

  /** A process that the settings have let work keeps its app. */
  beforeAll(async () => {
    vi.resetModules();
    functions = await registeredFunctions();
  });

  const working = CASES.filter(({ name }) => name !== 'health');

  it.each(working)('$name fails with $what, by an outcome of its own', async ({ name, input }) => {
    const { thrown, lines } = await ended(createWorld(), name, input);
    expect(String(thrown)).toMatch(/^Error: SETTINGS_REFUSED: .*NODE_TLS_REJECT_UNAUTHORIZED must not be 0/);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { code: 'SETTINGS_REFUSED', level: 'error' },
    ]);
  });

  it('health is 503, and says no more than which build it is', async () => {
    expect(await functions.call('health', createWorld(), {})).toEqual({
      status: 503,
      jsonBody: { status: 'unavailable', version: expect.any(String), commit: expect.any(String) },
    });
  });
});
