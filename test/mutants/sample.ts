import { createHash } from 'node:crypto';
import { type Change, keyOf, roomOf } from './mutant.ts';

/** Spreads evenly whatever stands close together. */
function rankOf(change: Change, seed: string): string {
  return createHash('sha256')
    .update(`${seed}\0${keyOf(change)}`)
    .digest('hex');
}

/** Text with a blank in it is read by people: no test should hold each word of it. */
const isSentence = ({ was }: Change): boolean => /^(['"`]).* .*\1$/s.test(was);

/**
 * So many of each room, chosen by the seed and by each change itself: an edit elsewhere leaves the choice as it was. All of
 * them if there are no more; sentences are left out.
 */
export function sampleOf<T extends { change: Change }>(all: readonly T[], count: number, seed: string): T[] {
  const byRoom = Map.groupBy(all, ({ change }) => roomOf(change));
  return [...byRoom.values()].flatMap((some) => sampleOfRoom(some, count, seed));
}

function sampleOfRoom<T extends { change: Change }>(some: readonly T[], count: number, seed: string): T[] {
  return some
    .filter(({ change }) => !isSentence(change))
    .map((one) => ({ one, rank: rankOf(one.change, seed) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ one }) => one);
}
