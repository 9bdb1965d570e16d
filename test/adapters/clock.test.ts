import { describe, expect, it } from 'vitest';
import { systemClock } from '../../shared/adapters/clock.ts';
import type { Clock } from '../../shared/time.ts';
import { createFakeClock } from '../support/fakes/clock.ts';

describe.each<[string, () => { clock: Clock; pass: (ms: number) => unknown }]>([
  ['the system clock', () => ({ clock: systemClock, pass: () => undefined })],
  [
    'the fake clock',
    () => {
      const clock = createFakeClock();
      return { clock, pass: (ms) => clock.advance(ms) };
    },
  ],
])('%s', (_, start) => {
  it('has moved on when a sleep ends', async () => {
    const { clock, pass } = start();
    const before = clock.now();
    await Promise.all([clock.sleep(20), pass(20)]);
    // A timer may fire a millisecond early.
    expect(clock.now() - before).toBeGreaterThanOrEqual(19);
  });

  it('gives up a sleep with its signal, before and during', async () => {
    const { clock } = start();
    await expect(clock.sleep(60_000, AbortSignal.abort())).rejects.toMatchObject({ code: 'OUT_OF_TIME' });
    const given = new AbortController();
    const slept = clock.sleep(60_000, given.signal);
    given.abort();
    await expect(slept).rejects.toMatchObject({ name: 'VaultcastError', code: 'OUT_OF_TIME' });
  });
});

describe('the system clock', () => {
  const block = (ms: number): void => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };

  it('tells for how long the process did not listen, since a moment', async () => {
    await systemClock.sleep(60);
    const before = systemClock.now();
    block(300);
    await systemClock.sleep(60);
    const since = systemClock.deafSince(systemClock.now() + 1);
    expect(systemClock.deafSince(before) - since).toBeGreaterThanOrEqual(200);
  });

  it('tells it while it lasts, before any timer could', async () => {
    await systemClock.sleep(60);
    const before = systemClock.now();
    block(300);
    expect(systemClock.deafSince(before)).toBeGreaterThanOrEqual(200);
  });
});

describe('the fake clock', () => {
  it('wakes sleepers in the order of their times, those who sleep again included', async () => {
    const clock = createFakeClock(0);
    const seen: string[] = [];
    const nap = async (name: string, ...times: number[]): Promise<void> => {
      for (const ms of times) {
        await clock.sleep(ms);
        seen.push(`${name} ${clock.now()}`);
      }
    };
    const all = Promise.all([nap('a', 30), nap('b', 10, 10, 50)]);
    await clock.advance(40);
    expect(seen).toEqual(['b 10', 'b 20', 'a 30']);
    expect(clock.sleeping()).toBe(1);
    await clock.advance(60);
    await all;
    expect(seen.at(-1)).toBe('b 70');
    expect(clock.now()).toBe(100);
  });
});
