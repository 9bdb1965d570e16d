import { describe, expect, it } from 'vitest';
import { checkModel } from '../deep/model/check.ts';

/** The same every time; the deep suite searches on. */
const SAMPLE = { seed: 20_261_121 };

/** A sample of what `npm run test:deep` runs by the thousand: see test/deep/model.test.ts. */
describe('any order of what may happen, a hundred times', () => {
  it('breaks no rule, and a quiet run makes everything right', async () => {
    await expect(checkModel(70, 'any', SAMPLE)).resolves.toBeUndefined();
  });

  it('needs no run where every rotation is told of and people only delete', async () => {
    await expect(checkModel(30, 'calm', SAMPLE)).resolves.toBeUndefined();
  });
});
