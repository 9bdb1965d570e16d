import { beforeEach, describe, expect, it } from 'vitest';
import { createProcess } from '../../shared/deliver/process.ts';
import { sharedStatus } from '../../shared/deliver/shared-status.ts';
import { VaultcastError } from '../../shared/errors.ts';
import type { Ports, Settings } from '../../shared/ports.ts';
import { secretProblem } from '../../shared/status/problem.ts';
import { NO_CLUSTER } from '../../shared/status/target.ts';
import { onVaultEvent } from '../../shared/sync.ts';
import { aSecretEvent } from '../support/builders.ts';
import { createFakeClock, type FakeClock } from '../support/fakes/clock.ts';
import { createWorld, finish } from '../support/world.ts';

const { signal } = new AbortController();
const about = (name: string) => secretProblem({ vault: 'team', name });
const never = (): Promise<never> => new Promise(() => {});

let clock: FakeClock;
let asked: string[];
let answer: () => Promise<void>;
let status: Settings['process']['status'];
beforeEach(() => {
  clock = createFakeClock();
  [asked, answer] = [[], async () => {}];
  const told = async <T>(what: string, found: T): Promise<T> => {
    asked.push(what);
    await answer();
    return found;
  };
  const tables: Pick<Ports['status'], 'backOffs' | 'target' | 'targets'> = {
    backOffs: () => told('back-offs', new Map()),
    target: () => told('row', undefined),
    targets: () => told('rows', []),
  };
  status = sharedStatus(tables, clock);
});

describe('whether a secret is a problem', () => {
  it('is asked by one that is alone of its own row, and by those that come meanwhile once of all rows', async () => {
    await status.isProblem(about('a'));
    expect(asked).toEqual(['row']);
    const all = ['b', 'c', 'd'].map((name) => status.isProblem(about(name)));
    expect(await finish(clock, Promise.all(all))).toEqual([false, false, false]);
    expect(asked).toEqual(['row', 'row', 'rows']);
  });

  it.each<[string, () => Promise<never>]>([
    ['does not answer', never],
    ['fails', () => Promise.reject(new VaultcastError('STATUS_UNAVAILABLE', 'away'))],
  ])('is not known when the table %s, after two seconds at most', async (_, happens) => {
    answer = happens;
    const begun = clock.now();
    const both = Promise.all([status.isProblem(about('a')), status.isProblem(about('b'))]);
    expect(await finish(clock, both)).toEqual([true, true]);
    expect(clock.now() - begun).toBeLessThanOrEqual(2000);
  });
});

describe('back-offs', () => {
  it('are read once by those that come together, and anew by the next one', async () => {
    await Promise.all([status.backOffs(signal), status.backOffs(signal)]);
    expect(asked).toEqual(['back-offs']);
    await status.backOffs(signal);
    expect(asked).toEqual(['back-offs', 'back-offs']);
  });

  it('that never come are given up for all, and asked for anew', async () => {
    answer = never;
    const first = Promise.allSettled([status.backOffs(signal), status.backOffs(signal)]);
    expect((await finish(clock, first)).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    answer = async () => {};
    expect(await status.backOffs(signal)).toEqual(new Map());
  });
});

describe('an event while the row of its problem is not answered', () => {
  it('brings its secret at once', async () => {
    const world = createWorld();
    world.set('app-1--pg--password', 's3cret');
    const started = world.ports.clock.now();
    let createdAt = 0;
    world.before = async (call) => {
      if (/^kubernetes\.create\b.* done$/.test(call)) createdAt = world.ports.clock.now();
    };
    const tables: Ports['status'] = {
      ...world.ports.status,
      target: (ref, given) => (ref.cluster === NO_CLUSTER ? never() : world.ports.status.target(ref, given)),
    };
    const ports = { ...world.ports, status: tables };
    const settings = { ...world.settings, process: createProcess(ports, 64) };
    const event = aSecretEvent({ name: 'app-1--pg--password', id: 'event-1' });
    await finish(world.ports.clock, onVaultEvent([event], ports, settings));

    expect(world.data()).toEqual({ password: 's3cret' });
    expect(createdAt).toBe(started);
  });
});
