import { beforeEach, describe, expect, it } from 'vitest';
import { type Admission, createAdmission } from '../../shared/admission/admission.ts';
import { createFakeClock, type FakeClock } from '../support/fakes/clock.ts';

const LIMITS = { places: 2, patienceMs: 2000, line: 5 };

let clock: FakeClock;
let admission: Admission<string>;
let began: string[];
let left: string[];
let finish: Map<string, () => void>;

beforeEach(() => {
  clock = createFakeClock();
  admission = createAdmission(clock, LIMITS);
  [began, left, finish] = [[], [], new Map()];
});

/** Work that goes on until `end` is called for it. */
function visit(name: string, tenant = 'team', key = name) {
  const done = Promise.withResolvers<void>();
  finish.set(name, done.resolve);
  return admission.admit({
    key,
    tenant,
    work: name,
    run: (all) => (began.push(all.join(' and ')), done.promise),
    leave: async (all) => void left.push(all.join(' and ')),
  });
}

async function end(name: string): Promise<void> {
  finish.get(name)?.();
  await clock.advance(0);
}

describe('work that asks to be let in', () => {
  it('begins at once while there are places', async () => {
    void visit('a');
    void visit('b');
    void visit('c');
    await clock.advance(0);
    expect(began).toEqual(['a', 'b']);
  });

  it('begins in its order as others end', async () => {
    for (const name of ['a', 'b', 'c', 'd']) void visit(name);
    await end('b');
    expect(began).toEqual(['a', 'b', 'c']);
    await end('a');
    expect(began).toEqual(['a', 'b', 'c', 'd']);
  });

  it('begins when one before it failed', async () => {
    const failed = admission.admit({
      key: 'x',
      tenant: 'team',
      work: 'x',
      run: () => Promise.reject(new Error('broken')),
      leave: async () => {},
    });
    await expect(failed).rejects.toThrow('broken');
    for (const name of ['a', 'b', 'c']) void visit(name);
    await end('a');
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('goes round among the teams, however many one of them has', async () => {
    void visit('first');
    void visit('second');
    for (const name of ['a1', 'a2', 'a3']) void visit(name, 'a');
    void visit('b1', 'b');
    for (const name of ['first', 'second', 'a1', 'b1']) await end(name);
    expect(began).toEqual(['first', 'second', 'a1', 'b1', 'a2', 'a3']);
  });
});

describe('work that cannot be let in soon', () => {
  it('is left to others after a while, and done with then', async () => {
    void visit('a');
    void visit('b');
    const waiting = visit('c');
    await clock.advance(LIMITS.patienceMs);
    await waiting;
    expect(left).toEqual(['c']);
    await end('a');
    expect(began).toEqual(['a', 'b']);
  });

  it('is not left to others once it began', async () => {
    void visit('a');
    void visit('b');
    void visit('c');
    await clock.advance(LIMITS.patienceMs / 2);
    await end('a');
    await clock.advance(2 * LIMITS.patienceMs);
    expect([began, left]).toEqual([['a', 'b', 'c'], []]);
  });

  it('takes nobody of its team with it, who came later and may wait longer', async () => {
    for (const name of ['a', 'b', 'c']) void visit(name);
    await clock.advance(LIMITS.patienceMs / 2);
    void visit('d');
    await clock.advance(LIMITS.patienceMs / 2);
    await end('a');
    expect([began, left]).toEqual([['a', 'b', 'd'], ['c']]);
  });

  it('is left to others at once when too many wait', async () => {
    for (let number = 0; number < LIMITS.places + LIMITS.line; number += 1) void visit(`v${number}`);
    await visit('late');
    expect(left).toEqual(['late']);
  });

  it('fails when nobody takes it', async () => {
    void visit('a');
    void visit('b');
    const refused = admission.admit({
      key: 'c',
      tenant: 'team',
      work: 'x',
      run: async () => {},
      leave: () => Promise.reject(new Error('the queue takes nothing')),
    });
    const told = refused.catch((error: Error) => error.message);
    await clock.advance(LIMITS.patienceMs);
    expect(await told).toBe('the queue takes nothing');
  });
});

describe('work about the same', () => {
  it('is done once when the first waits, and ends no earlier than that', async () => {
    void visit('a');
    void visit('b');
    const [one, other] = [visit('c', 'team', 'secret'), visit('d', 'team', 'secret')];
    let isOver = false;
    void other.then(() => (isOver = true));
    await end('a');
    expect([began, isOver]).toEqual([['a', 'b', 'c and d'], false]);
    await end('c');
    await Promise.all([one, other]);
    expect(began).toEqual(['a', 'b', 'c and d']);
  });

  it('is done again, together, after the one that has begun: that one may have read what is older', async () => {
    for (const name of ['a', 'b', 'c']) void visit(name, 'team', 'secret');
    await clock.advance(0);
    expect(began).toEqual(['a']);
    await end('a');
    expect(began).toEqual(['a', 'b and c']);
  });

  it('lets others begin meanwhile', async () => {
    void visit('a', 'team', 'secret');
    void visit('b', 'team', 'secret');
    void visit('c');
    void visit('d');
    await clock.advance(0);
    expect(began).toEqual(['a', 'c']);
    await end('c');
    expect(began).toEqual(['a', 'c', 'd']);
    await end('a');
    expect(began).toEqual(['a', 'c', 'd', 'b']);
  });

  it('begins beside one that takes long, which may wait for a cluster that is down', async () => {
    void visit('a', 'team', 'secret');
    void visit('b', 'team', 'secret');
    await clock.advance(249);
    expect(began).toEqual(['a']);
    await clock.advance(1);
    expect(began).toEqual(['a', 'b']);
    void visit('c', 'team', 'secret');
    await end('a');
    expect(began).toEqual(['a', 'b']);
    await end('b');
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('begins as soon as there is a place when it has waited for one that takes long', async () => {
    void visit('a', 'team', 'secret');
    void visit('x');
    void visit('b', 'team', 'secret');
    await clock.advance(1000);
    expect(began).toEqual(['a', 'x']);
    await end('x');
    expect(began).toEqual(['a', 'x', 'b']);
  });

  it('is left to others together', async () => {
    void visit('a');
    void visit('b');
    const both = [visit('c', 'team', 'secret'), visit('d', 'team', 'secret')];
    await clock.advance(LIMITS.patienceMs);
    await Promise.all(both);
    expect(left).toEqual(['c and d']);
  });
});
