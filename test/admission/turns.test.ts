import { describe, expect, it } from 'vitest';
import { turnsOf } from '../../shared/admission/turns.ts';

/** What has begun of tasks that never end by themselves, by cluster. */
function tasksOn(places: number) {
  const turns = turnsOf(places);
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (cluster: string): void =>
    void turns(cluster, () => {
      began.push(cluster);
      return new Promise<void>((resolve) => void ends.push(resolve));
    });
  const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  return { ask, began, ends, settled };
}

describe('the turns of tasks', () => {
  it('are for a quarter of the places at one cluster, so that one that hangs leaves room for others', async () => {
    const { ask, began, settled } = tasksOn(8);
    for (let task = 0; task < 5; task += 1) ask('hung');
    for (let task = 0; task < 5; task += 1) ask('well');
    await settled();
    expect(began).toEqual(['hung', 'hung', 'well', 'well']);
  });

  it('come one after the other at a cluster of which the quarter is less than one', async () => {
    const { ask, began, ends, settled } = tasksOn(2);
    ask('weu-1');
    ask('weu-1');
    await settled();
    expect(began).toEqual(['weu-1']);
    ends[0]?.();
    await settled();
    expect(began).toEqual(['weu-1', 'weu-1']);
  });

  it('are no more at once than there are places, however many clusters there are', async () => {
    const { ask, began, settled } = tasksOn(2);
    for (const cluster of ['a', 'b', 'c']) ask(cluster);
    await settled();
    expect(began).toEqual(['a', 'b']);
  });

  it('give back what the task came to, and its failure', async () => {
    const turns = turnsOf(4);
    await expect(turns('a', async () => 7)).resolves.toBe(7);
    await expect(turns('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});
