import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  type Action,
  CLUSTERS,
  runInterleaved,
  SECRETS,
  type Script,
  type Stall,
} from './support/interleaving.ts';

/*
 * Seen to catch, planted one at a time: a read before the observation, a write without condition, no confirming read after
 * a creation, reads reused after a conflict, late observers served by the first read, siblings carried unread, or a Secret
 * created in part. A conflict that is not tried again took up to 306 runs, so the default of 300 may miss it; a creation
 * after a conflict without a second look is not caught here at all, but in deliver/waves.test.ts.
 */

/** RUNS=20000 for a deep run; a failing run prints its seed and path. */
const RUNS = Number(process.env['RUNS'] ?? 300);

const secret = fc.nat({ max: SECRETS.length - 1 });
const cluster = fc.nat({ max: CLUSTERS.length - 1 });
const told = fc.integer({ min: 1, max: 2 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('rotate' as const), secret, told }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('late event' as const), secret }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete by hand' as const), cluster }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('touch by hand' as const), cluster }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('poll' as const) }) },
);
const stall: fc.Arbitrary<Stall> = fc.record({
  on: fc.constantFrom('observation', 'read', 'write', 'write'),
  number: fc.integer({ min: 1, max: 8 }),
  turns: fc.integer({ min: 10, max: 100 }),
});
const script: fc.Arbitrary<Script> = fc.record({
  steps: fc.array(fc.record({ after: fc.nat({ max: 30 }), action }), { minLength: 2, maxLength: 6 }),
  stalls: fc.array(stall, { maxLength: 4 }),
  exists: fc.boolean(),
});

describe('instances with events of the same secrets, in any interleaving', () => {
  it('take no living Secret back, and end with every target whole and at the latest versions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), script, async (scheduler, one) => {
        const { world, latest, regressions } = await runInterleaved(scheduler, one);
        expect(regressions).toEqual([]);
        const [password, user] = SECRETS.map((name, index) => `${name}#${latest[index]}`);
        for (const name of CLUSTERS) {
          const right = [{ password, user }, ...(mayBeAbsent(one, name) ? [undefined] : [])];
          expect(right).toContainEqual(world.data(`${name}/app-1/pg`));
        }
      }),
      { numRuns: RUNS, seed: Number(process.env['SEED'] ?? 20_261_121) },
    );
  }, 600_000);
});

/** No event was told, or a person deleted the Secret: only a reconcile would notice. */
function mayBeAbsent({ steps, exists }: Script, name: string): boolean {
  const actions = steps.map((step) => step.action);
  const wasTold = exists || actions.some(({ kind }) => kind === 'rotate' || kind === 'late event');
  return !wasTold || actions.some((one) => one.kind === 'delete by hand' && CLUSTERS[one.cluster] === name);
}
