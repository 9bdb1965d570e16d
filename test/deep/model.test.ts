import { describe, expect, it } from 'vitest';
import { checkModel, replayOf } from './model/check.ts';

/**
 * Instances, vault, clusters, routes, namespaces and people in any interleaving, crashes between any two calls included,
 * on fakes that pass the contract suites of the real adapters. What must hold stands in model/witness.ts (at every write)
 * and model/reference.ts (after quiet runs).
 *
 * A failure prints the shortest program it found, and `KIND=… SEED=… PATH_=…`, with which the same one runs again.
 *
 * Which planted bugs it catches, and which are left to named tests, stands with each in bugs-foremost.ts and
 * bugs-further.ts (`caughtBy`: `any` and `calm` are this model). `npm run test:bugs` plants all of them into a copy of the
 * sources, one by one, and shows that each is caught. Rare ones need thousands of programs: the sample in `npm test` is no
 * proof of them.
 */
const RUNS = { any: 5000, calm: 2000 };

describe('any order of what may happen', () => {
  it('breaks no rule, and a quiet run makes everything right', async () => {
    await expect(checkModel(RUNS.any, 'any', replayOf('any', process.env))).resolves.toBeUndefined();
  });

  it('needs no run where every rotation is told of and people only delete', async () => {
    await expect(checkModel(RUNS.calm, 'calm', replayOf('calm', process.env))).resolves.toBeUndefined();
  });
});
