import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../local/stack/start.ts';
import { act, besidesAt, quietRun, shutAt, STAGES, startFleet, STORIES, writeDown } from './fleet/fleet.ts';
import { OUTAGES } from './fleet/outages.ts';
import { untrueNow } from './oracle/judge.ts';
import type { Ledger } from './oracle/world.ts';

const QUIET_MS = 120_000;

let stack: Stack;
const ends: number[] = [];
const ledger: Ledger = new Map();

beforeAll(async () => {
  stack = await startFleet();
}, 180_000);
afterAll(() => stack.stop());

describe(`a fleet of ${STORIES.length} stories: lifecycles, routes, hands, clusters and vaults that fail`, () => {
  it.each(Array.from({ length: STAGES }, (_, stage) => stage))(
    'says nothing untrue after quiet run %i, in rows, get, explain and /api/status',
    async (stage) => {
      await act(stack, stage);
      await quietRun(stack);
      writeDown(stack, ledger);
      const moment = { ledger, ends, shut: shutAt(stage), besides: besidesAt(stage) };

      // A run writes problems down when all its clusters have ended, and messages of the stage may be on their way.
      await expect.poll(() => untrueNow(stack, moment), { timeout: QUIET_MS, interval: 500 }).toEqual([]);
      ends.push(Date.now());
    },
    300_000,
  );

  it.each(OUTAGES)(
    'says nothing untrue while $about, nor after the next quiet run',
    async ({ happen, forgets }) => {
      expect(await happen(stack)).toEqual([]);
      const lostAt = forgets ? Date.now() : undefined;
      await quietRun(stack);
      writeDown(stack, ledger);
      const moment = { ledger, ends, lostAt, shut: shutAt(STAGES), besides: besidesAt(STAGES) };

      await expect.poll(() => untrueNow(stack, moment), { timeout: QUIET_MS, interval: 500 }).toEqual([]);
      ends.push(Date.now());
    },
    300_000,
  );
});
