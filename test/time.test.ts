import { describe, expect, it } from 'vitest';
import { failureOf, VaultcastError } from '../shared/errors.ts';
import { unlessAborted, whileListening, withDeadline, within } from '../shared/time.ts';
import { createFakeClock } from './support/fakes/clock.ts';

const never = new AbortController().signal;
const forever = () => new Promise<never>(() => {});

describe('work within a time', () => {
  it('gives its result, and leaves nobody waiting for the time', async () => {
    const clock = createFakeClock();
    expect(await within(clock, 1000, never, async () => 'done')).toBe('done');
    expect(clock.sleeping()).toBe(0);
  });

  it('fails as it fails', async () => {
    const clock = createFakeClock();
    await expect(within(clock, 1000, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(clock.sleeping()).toBe(0);
  });

  it('is given up at the end of the time, even when it is deaf to its signal', async () => {
    const clock = createFakeClock();
    const work = within(clock, 1000, never, forever);
    const ended = work.catch(failureOf);
    await clock.advance(1000);
    expect(await ended).toMatchObject({ code: 'OUT_OF_TIME' });
  });

  it('is told by its signal that the time is over', async () => {
    const clock = createFakeClock();
    let told = false;
    const work = within(clock, 1000, never, (signal) => {
      signal.addEventListener('abort', () => (told = true));
      return forever();
    });
    const ended = work.catch(failureOf);
    await clock.advance(999);
    expect(told).toBe(false);
    await clock.advance(1);
    expect(told).toBe(true);
    expect(await ended).toMatchObject({ code: 'OUT_OF_TIME' });
  });

  it('is given up with its parent', async () => {
    const parent = new AbortController();
    const work = within(createFakeClock(), 1000, parent.signal, forever);
    const ended = work.catch(failureOf);
    parent.abort();
    expect(await ended).toMatchObject({ code: 'OUT_OF_TIME' });
  });

  it('decides itself how it ends when it has only a deadline', async () => {
    const clock = createFakeClock();
    const work = withDeadline(clock, 1000, never, async (signal) => {
      await clock.sleep(5000, signal).catch(() => undefined);
      return signal.aborted ? 'in part' : 'whole';
    });
    await clock.advance(1000);
    expect(await work).toBe('in part');
  });
});

describe('a promise unless aborted', () => {
  it('is not waited for when the signal is aborted already', async () => {
    await expect(unlessAborted(AbortSignal.abort(), forever())).rejects.toMatchObject({
      code: 'OUT_OF_TIME',
    });
  });

  it('fails as the caller says when it is given up', async () => {
    const late = () => new VaultcastError('CLUSTER_TIMEOUT', 'too late');
    await expect(unlessAborted(AbortSignal.abort(), forever(), late)).rejects.toMatchObject({
      code: 'CLUSTER_TIMEOUT',
      message: 'too late',
    });
  });

  it('may fail after it was given up without anyone being told', async () => {
    const abort = new AbortController();
    const late = Promise.withResolvers<void>();
    const work = unlessAborted(abort.signal, late.promise);
    const ended = work.catch(failureOf);
    abort.abort();
    expect(await ended).toMatchObject({ code: 'OUT_OF_TIME' });
    late.reject(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('a request to another side', () => {
  it.each([
    ['counts only its own time while this process listens', 0, 1000],
    ['is given the time in which this process did not listen', 300, 1300],
    ['is given at most as much time again', 5000, 2000],
  ])('%s', async (_what, deafMs, endsAfter) => {
    const clock = createFakeClock();
    clock.beDeaf(deafMs);
    const begun = clock.now();
    const ended = whileListening(clock, 1000, never, forever).catch((error: { code: string }) => [
      error.code,
      clock.now() - begun,
    ]);
    await clock.advance(10_000);
    expect(await ended).toEqual(['OUT_OF_TIME', endsAfter]);
  });

  it('ends as the port says that does the work, if it says so at once', async () => {
    const clock = createFakeClock();
    const port = async (signal: AbortSignal): Promise<never> => {
      const asked = unlessAborted(
        signal,
        forever(),
        () => new VaultcastError('TOKEN_UNAVAILABLE', 'no token'),
      );
      // As deep as an adapter's layers are.
      const layer = (depth: number): Promise<never> =>
        depth === 0 ? asked : (async () => await layer(depth - 1))();
      return layer(20);
    };
    const ended = whileListening(clock, 1000, never, port).catch((error: { code: string }) => error.code);
    await clock.advance(1000);
    expect(await ended).toBe('TOKEN_UNAVAILABLE');
  });

  it('ends with its parent at once, deaf or not', async () => {
    const clock = createFakeClock();
    clock.beDeaf(500);
    const parent = new AbortController();
    const ended = whileListening(clock, 1000, parent.signal, forever).catch(
      (error: { code: string }) => error.code,
    );
    await clock.advance(1200);
    parent.abort();
    expect(await ended).toBe('OUT_OF_TIME');
  });
});
