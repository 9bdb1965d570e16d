import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../local/stack/start.ts';
import { act, besidesAt, quietRun, shutAt, STAGES, startFleet, STORIES, writeDown } from './fleet/fleet.ts';
import { untrueNow } from './oracle/judge.ts';
import type { Ledger } from './oracle/world.ts';

const QUIET_MS = 60_000;

let stack: Stack;
const ends: number[] = [];
const ledger: Ledger = new Map();

beforeAll(async () => {
  stack = await startFleet();
}, 60_000);
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
    180_000,
  );
});
