import { describe, expect, it } from 'vitest';
import { search } from '../deep/model/check.ts';

/** A program is a quarter of a second of work; machines may be busy. */
const PATIENCE_MS = 120_000;

/** Always the same programs: the first ones of those that `npm run test:deep` runs by the thousand, see test/deep/model.test.ts. */
describe('the first programs of any order of what may happen', () => {
  it(
    'break no rule, and a quiet run makes everything right',
    async () => {
      expect((await search({ kind: 'any', from: 1, count: 8 })).failure).toBeUndefined();
    },
    PATIENCE_MS,
  );

  it(
    'need no run where every rotation is told of and people only delete',
    async () => {
      expect((await search({ kind: 'calm', from: 1, count: 4 })).failure).toBeUndefined();
    },
    PATIENCE_MS,
  );
});
