import { describe, expect, it } from 'vitest';
import { sampleOf } from './sample.ts';

const all = Array.from({ length: 100 }, (_, id) => ({
  id,
  change: { file: 'shared/event/parse.ts', was: `value ${id}`, becomes: '' },
}));
const ids = (chosen: readonly { id: number }[]): number[] => chosen.map(({ id }) => id);

describe('the sample of mutants', () => {
  it('has as many as were asked for, or all that there are', () => {
    expect(sampleOf(all, 20, 'a')).toHaveLength(20);
    expect(sampleOf(all, 1000, 'a')).toHaveLength(100);
  });

  it('has as many of each room, whatever else is asked about', () => {
    const others = all.map(({ id, change }) => ({
      id: 1000 + id,
      change: { ...change, file: 'shared/route/owner.ts' },
    }));
    const chosen = sampleOf([...others, ...all], 20, 'a');
    expect(chosen).toHaveLength(40);
    expect(ids(chosen.filter(({ id }) => id < 1000))).toEqual(ids(sampleOf(all, 20, 'a')));
  });

  it('is the same for a seed and another one for another seed', () => {
    expect(ids(sampleOf(all, 20, 'a'))).toEqual(ids(sampleOf(all.toReversed(), 20, 'a')));
    expect(ids(sampleOf(all, 20, 'a'))).not.toEqual(ids(sampleOf(all, 20, 'b')));
  });

  it('keeps what it had when other mutants come or go', () => {
    const before = ids(sampleOf(all, 20, 'a'));
    const [first = 0] = before;
    const without = ids(
      sampleOf(
        all.filter(({ id }) => id !== first),
        20,
        'a',
      ),
    );
    expect(without.slice(0, 19)).toEqual(before.slice(1));
  });

  it('leaves out sentences, and no other text', () => {
    const texts = ["'data.Id'", "'the event has no data'", '`vault ${name} is unknown`', "a === 'b c'"];
    const changes = texts.map((was) => ({ change: { file: 'shared/event/parse.ts', was, becomes: '""' } }));
    const chosen = sampleOf(changes, 10, 'a').map(({ change }) => change.was);
    expect(chosen.toSorted()).toEqual(["'data.Id'", "a === 'b c'"].toSorted());
  });
});
