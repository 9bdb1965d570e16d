import { describe, expect, it } from 'vitest';
import { proofWithin, removalsOf } from '../../shared/target/removal.ts';

const HOUR_MS = 3_600_000;
const SOURCE = 'app-1--pg--password';
const ENTRY = 'uid-1 team/app-1--pg--password@v1';
const REASON = { reason: 'deleted', bound: ENTRY, entry: ENTRY, isAccepted: true };
const PROOF = JSON.stringify({ [SOURCE]: { reason: 'deleted', bound: ENTRY, run: 'first', at: 0 } });

/** What a third run may remove of so many targets, all proven when the second one held some back, and a person confirmed. */
const removalsOfThird = (targets: number, confirmed: number) =>
  removalsOf(
    Array.from({ length: targets }, (_, target) => ({
      id: `app-1:pg${target}`,
      proof: PROOF,
      reasons: new Map([[SOURCE, REASON]]),
      inScope: true,
    })),
    {
      run: 'third',
      now: 3 * HOUR_MS,
      confirmed: { run: 'second', startedAt: 2 * HOUR_MS, counts: { REMOVAL_HELD: confirmed } },
    },
    () => true,
  );

describe('the proof of a removal', () => {
  /** What a run may remove an hour after the first one saw its reason. */
  const removedBy = (run: string): number => {
    const sighting = { id: 'app-1:pg', proof: PROOF, reasons: new Map([[SOURCE, REASON]]), inScope: true };
    return removalsOf([sighting], { run, now: HOUR_MS, confirmed: undefined }, () => false).due.size;
  };

  it('takes a second run: the first one proves nothing by itself, should its message come again an hour later', () => {
    expect([removedBy('first'), removedBy('second')]).toEqual([0, 1]);
  });
});

describe('two looks at one target that overlap', () => {
  it('leave of a proof what both know of', () => {
    const other = JSON.stringify({
      'app-1--pg--user': { reason: 'deleted', bound: ENTRY, run: 'first', at: 0 },
    });
    const both = JSON.stringify({ ...JSON.parse(PROOF), ...JSON.parse(other) });

    expect(JSON.parse(proofWithin(both, PROOF))).toEqual(JSON.parse(PROOF));
    expect([proofWithin(PROOF, other), proofWithin(PROOF, ''), proofWithin('', PROOF)]).toEqual(['', '', '']);
  });
});

describe('removals that a run held back', () => {
  it('are due when a person confirmed as many or more', () => {
    for (const confirmed of [6, 7]) {
      const { due, held } = removalsOfThird(6, confirmed);
      expect({ due: due.size, held: held.size }).toEqual({ due: 6, held: 0 });
    }
  });

  it('are held on when they are more than a person confirmed, though each was proven by then', () => {
    const { due, held } = removalsOfThird(7, 6);
    expect({ due: due.size, held: held.size }).toEqual({ due: 0, held: 7 });
  });
});
