import { describe, expect, it } from 'vitest';
import { asOne, newTask } from '../../shared/event/task.ts';

const SECRET = { vault: 'team', name: 'app-1--pg--password' };
const task = (cause: string, at?: number) => ({
  ...newTask(SECRET, cause, 1000),
  announced: at === undefined ? undefined : { version: `v${at}`, at },
});

describe('several pieces of work at one secret', () => {
  it('are the first of them, and name the others as company', () => {
    const one = asOne([task('a'), { ...task('b'), company: ['c'] }, task('d')]);
    expect(one).toEqual({ ...task('a'), company: ['b', 'c', 'd'] });
  });

  it('wait for the version that was announced last, whichever came first', () => {
    const latest = { version: 'v9', at: 9 };
    expect(asOne([task('a', 9), task('b'), task('c', 3)]).announced).toEqual(latest);
    expect(asOne([task('a'), task('b', 3), task('c', 9)]).announced).toEqual(latest);
  });

  it('wait for none where none was announced', () => {
    expect(asOne([task('a'), task('b')]).announced).toBeUndefined();
  });

  it('know of each event when it was said', () => {
    const at = (cause: string, time: number) => ({ ...task(cause), eventTimes: new Map([[cause, time]]) });
    expect([...asOne([at('a', 5), task('b'), at('c', 3)]).eventTimes]).toEqual([
      ['a', 5],
      ['c', 3],
    ]);
  });

  it('are none where there is no piece', () => {
    expect(() => asOne([])).toThrow(TypeError);
  });
});
