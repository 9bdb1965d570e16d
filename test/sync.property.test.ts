import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { reaching, SEED } from './support/reach.ts';
import {
  type Action,
  CLUSTERS,
  runInterleaved,
  SECRETS,
  type Script,
  type Stall,
} from './support/interleaving.ts';

/*
 * Seen to catch within 180 runs, most of them within 30, planted one at a time and with several seeds: a read before the observation, a write without
 * condition, no confirming read after a creation, reads reused after a conflict, a conflict that is not tried again, late
 * observers served by the first read, siblings carried unread, or a Secret created in part. A creation after a conflict
 * without a second look is not caught here, but in deliver/waves.test.ts.
 */

/** RUNS=20000 for a deep run; a failing run prints its seed and path. */
const RUNS = Number(process.env['RUNS'] ?? 250);

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
const anything: fc.Arbitrary<Script> = fc.record({
  steps: fc.array(fc.record({ after: fc.nat({ max: 30 }), action }), { minLength: 2, maxLength: 6 }),
  stalls: fc.array(stall, { maxLength: 4 }),
  exists: fc.boolean(),
});

/**
 * The narrowest place: the second secret rotates after the first push has read and before it writes, the second push observes
 * before that write and meets a conflict, and nothing comes after that would mend it.
 */
const crossing: fc.Arbitrary<Script> = fc
  .record({
    first: secret,
    after: fc.integer({ min: 3, max: 40 }),
    one: fc.record({ number: fc.integer({ min: 1, max: 2 }), turns: fc.integer({ min: 5, max: 40 }) }),
    other: fc.record({ number: fc.integer({ min: 3, max: 4 }), turns: fc.integer({ min: 5, max: 60 }) }),
  })
  .map(({ first, after, one, other }) => ({
    steps: [
      { after: 0, action: { kind: 'rotate', secret: first, told: 1 } },
      { after, action: { kind: 'rotate', secret: 1 - first, told: 1 } },
    ],
    stalls: [
      { on: 'write', ...one },
      { on: 'write', ...other },
    ],
    exists: true,
  }));
/** While a creation waits, a newer version is created before it, and deleted by hand: nothing stands in its way. */
const overtaken: fc.Arbitrary<Script> = fc
  .record({
    secret,
    cluster,
    newer: fc.integer({ min: 5, max: 40 }),
    gone: fc.integer({ min: 5, max: 60 }),
    stall: fc.record({ number: fc.integer({ min: 1, max: 2 }), turns: fc.integer({ min: 30, max: 120 }) }),
  })
  .map(({ secret: of, cluster: at, newer, gone, stall: one }) => ({
    steps: [
      { after: 0, action: { kind: 'delete by hand', cluster: at } },
      { after: 0, action: { kind: 'rotate', secret: of, told: 1 } },
      { after: newer, action: { kind: 'rotate', secret: of, told: 1 } },
      { after: gone, action: { kind: 'delete by hand', cluster: at } },
    ],
    stalls: [{ on: 'write', ...one }],
    exists: true,
  }));

/** No event told of a rotation: the other secret's event is to bring it along. */
const untold: fc.Arbitrary<Script> = fc
  .record({ secret, after: fc.nat({ max: 30 }) })
  .map(({ secret: of, after }) => ({
    steps: [
      { after: 0, action: { kind: 'rotate', secret: of, told: 0 } },
      { after, action: { kind: 'late event', secret: 1 - of } },
    ],
    stalls: [],
    exists: true,
  }));

const script = fc.oneof(
  { weight: 4, arbitrary: anything },
  { weight: 2, arbitrary: crossing },
  { weight: 2, arbitrary: overtaken },
  { weight: 1, arbitrary: untold },
);

const reaches = {
  'a conflict': 'often',
  'a creation': 'often',
  'a deletion by hand': 'often',
  'a retry': 'often',
} as const;

describe('instances with events of the same secrets, in any interleaving', () => {
  it(
    'take no living Secret back, and end with every target whole and at the latest versions',
    ({ task }) =>
      reaching(task, reaches, async (saw) => {
        const property = fc.asyncProperty(fc.scheduler(), script, async (scheduler, one) => {
          const { world, latest, regressions, conflicts } = await runInterleaved(scheduler, one);
          saw('a conflict', conflicts > 0);
          saw('a creation', world.writes().some(isCreation));
          saw(
            'a deletion by hand',
            one.steps.some(({ action: { kind } }) => kind === 'delete by hand'),
          );
          saw('a retry', world.ports.queue.log.length > 0);
          expect(regressions).toEqual([]);
          const [password, user] = SECRETS.map((name, index) => `${name}#${latest[index]}`);
          for (const name of CLUSTERS) {
            const right = [{ password, user }, ...(mayBeAbsent(one, name) ? [undefined] : [])];
            expect(right).toContainEqual(world.data(`${name}/app-1/pg`));
          }
        });
        await fc.assert(property, { numRuns: RUNS, seed: SEED });
      }),
    600_000,
  );
});

const isCreation = (call: string): boolean => call.startsWith('kubernetes.create ');

/** No event was told, or a person deleted the Secret: only a reconcile would notice. */
function mayBeAbsent({ steps, exists }: Script, name: string): boolean {
  const actions = steps.map((step) => step.action);
  const wasTold = exists || actions.some(({ kind }) => kind === 'rotate' || kind === 'late event');
  return !wasTold || actions.some((one) => one.kind === 'delete by hand' && CLUSTERS[one.cluster] === name);
}
