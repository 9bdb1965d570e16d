import { beforeEach, describe, expect, it } from 'vitest';
import { sharedReads } from '../../shared/deliver/shared-reads.ts';
import type { Ports } from '../../shared/ports.ts';
import type { SourceRead } from '../../shared/source/source.ts';

interface Asked {
  signal: AbortSignal;
  answer(read: SourceRead): void;
  fail(error: Error): void;
}

const NEVER = new AbortController().signal;
const REF = { vault: 'team', name: 'app-1--pg--password' };
const DELETED: SourceRead = { state: 'deleted' };
const DISABLED: SourceRead = { state: 'disabled' };

let asked: Asked[];
let vault: Ports['vault'];

/** A vault that answers when the test says so. */
beforeEach(() => {
  asked = [];
  const unused = () => Promise.reject(new Error('not asked for here'));
  const hold = <T>(signal: AbortSignal): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    asked.push({ signal, answer: (read) => resolve(read as T), fail: reject });
    return promise;
  };
  vault = sharedReads({
    read: (_ref, signal) => hold(signal),
    list: (_name, signal) => hold(signal),
    versions: unused,
    certificate: unused,
    readVersion: unused,
  });
});

/** Lets everything happen that waits for no answer. */
const settled = () => new Promise((resolve) => void setImmediate(resolve));

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { code?: string }) => error.code,
  );

describe('reads of one secret', () => {
  it('are not shared with a caller that comes while one runs: what it would get may be older than what it saw', async () => {
    const first = vault.read(REF, NEVER);
    const second = vault.read(REF, NEVER);
    await settled();
    expect(asked).toHaveLength(1);
    asked[0]?.answer(DELETED);
    await settled();
    asked[1]?.answer(DISABLED);
    expect(await first).toEqual(DELETED);
    expect(await second).toEqual(DISABLED);
  });

  it('are shared by all that wait for the next one', async () => {
    const callers = [1, 2, 3, 4].map(() => vault.read(REF, NEVER));
    await settled();
    asked[0]?.answer(DELETED);
    await settled();
    asked[1]?.answer(DISABLED);
    expect(await Promise.all(callers)).toEqual([DELETED, DISABLED, DISABLED, DISABLED]);
    expect(asked).toHaveLength(2);
  });

  it('go on after one that failed, and its failure is only of those who waited for it', async () => {
    const first = vault.read(REF, NEVER);
    const second = vault.read(REF, NEVER);
    await settled();
    asked[0]?.fail(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await settled();
    asked[1]?.answer(DELETED);
    expect(await second).toEqual(DELETED);
  });

  it('begin anew when nobody waits any more', async () => {
    const first = vault.read(REF, NEVER);
    await settled();
    asked[0]?.answer(DELETED);
    await first;
    await settled();
    const second = vault.read(REF, NEVER);
    await settled();
    expect(asked).toHaveLength(2);
    asked[1]?.answer(DISABLED);
    expect(await second).toEqual(DISABLED);
  });

  it('of other secrets, and listings, do not wait for it', async () => {
    const waiting = [
      vault.read(REF, NEVER),
      vault.read({ ...REF, name: 'app-1--pg--user' }, NEVER),
      vault.list('team', NEVER),
      vault.list('other', NEVER),
    ];
    await settled();
    expect(asked).toHaveLength(4);
    for (const one of asked) one.answer(DELETED);
    await Promise.all(waiting);
  });
});

describe('reads of many secrets of one vault', () => {
  const name = (number: number) => ({ vault: 'team', name: `app-1--pg--p${number}` });

  it('are so many at a time, and those of another vault do not wait for them', async () => {
    const all = Array.from({ length: 100 }, (_, number) => vault.read(name(number), NEVER));
    const other = vault.read({ vault: 'other', name: 'x' }, NEVER);
    await settled();
    expect(asked).toHaveLength(33);
    let answered = 0;
    while (answered < 101) {
      for (const one of asked.slice(answered)) one.answer(DELETED);
      answered = asked.length;
      await settled();
    }
    await Promise.all([...all, other]);
  });

  it('are not made for callers that left while they waited', async () => {
    const impatient = new AbortController();
    const all = Array.from({ length: 40 }, (_, number) =>
      codeOf(vault.read(name(number), number < 32 ? NEVER : impatient.signal)),
    );
    await settled();
    impatient.abort();
    await settled();
    for (const one of asked) one.answer(DELETED);
    expect((await Promise.all(all)).filter((code) => code === 'OUT_OF_TIME')).toHaveLength(8);
    expect(asked).toHaveLength(32);
  });
});

describe('a caller whose time is over', () => {
  it('gets OUT_OF_TIME at once, and the others their answer', async () => {
    const impatient = new AbortController();
    const first = vault.read(REF, NEVER);
    const second = vault.read(REF, impatient.signal);
    const third = vault.read(REF, NEVER);
    await settled();
    impatient.abort();
    expect(await codeOf(second)).toBe('OUT_OF_TIME');
    asked[0]?.answer(DELETED);
    await settled();
    asked[1]?.answer(DISABLED);
    expect(await Promise.all([first, third])).toEqual([DELETED, DISABLED]);
  });

  it.each(['read', 'list'] as const)('starts no %s in its turn when it was the only one', async (kind) => {
    const impatient = new AbortController();
    const call = (signal: AbortSignal): Promise<unknown> =>
      kind === 'read' ? vault.read(REF, signal) : vault.list('team', signal);
    const first = call(NEVER);
    const second = call(impatient.signal);
    await settled();
    impatient.abort();
    expect(await codeOf(second)).toBe('OUT_OF_TIME');
    asked[0]?.answer(DELETED);
    await first;
    await settled();
    expect(asked).toHaveLength(1);
  });

  it('does not keep a later caller from a turn of its own', async () => {
    const impatient = new AbortController();
    const first = vault.read(REF, NEVER);
    const second = vault.read(REF, impatient.signal);
    await settled();
    impatient.abort();
    expect(await codeOf(second)).toBe('OUT_OF_TIME');
    const third = vault.read(REF, NEVER);
    asked[0]?.answer(DELETED);
    await first;
    await settled();
    expect(asked).toHaveLength(2);
    asked[1]?.answer(DISABLED);
    expect(await third).toEqual(DISABLED);
  });

  it('ends the running call only when nobody else waits for it', async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const running = vault.read(REF, NEVER);
    const waiting = [vault.read(REF, one.signal), vault.read(REF, other.signal)];
    await settled();
    asked[0]?.answer(DELETED);
    await running;
    await settled();
    one.abort();
    expect(await codeOf(waiting[0] ?? running)).toBe('OUT_OF_TIME');
    expect(asked[1]?.signal.aborted).toBe(false);
    other.abort();
    expect(await codeOf(waiting[1] ?? running)).toBe('OUT_OF_TIME');
    expect(asked[1]?.signal.aborted).toBe(true);
  });

  it('leaves nothing running when it was over before', async () => {
    expect(await codeOf(vault.read(REF, AbortSignal.abort()))).toBe('OUT_OF_TIME');
    await settled();
    expect(asked.every(({ signal }) => signal.aborted)).toBe(true);
  });
});
