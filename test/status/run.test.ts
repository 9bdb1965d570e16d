import { describe, expect, it } from 'vitest';
import { runId } from '../../shared/retry/message.ts';
import { isAhead, newRunId } from '../../shared/status/run.ts';

const START = Date.UTC(2026, 10, 21, 10, 15, 0);

describe('the id of a run', () => {
  it('begins with its start and is one that messages may carry', () => {
    const id = newRunId(START + 999);
    expect(id).toMatch(/^20261121T101500Z-3e7[0-9a-f]{8}$/);
    expect(runId.safeParse(id).success).toBe(true);
  });

  it('sorts after those of runs that started a millisecond before', () => {
    const ids = Array.from({ length: 3000 }, (_, index) => newRunId(START + index));
    expect(ids.toSorted()).toEqual(ids);
  });

  it('is another one for every run', () => {
    expect(newRunId(START)).not.toBe(newRunId(START));
  });
});

describe('a run of the future', () => {
  it.each([
    ['that begins now', newRunId(START), false],
    ['of a clock that is five minutes ahead', newRunId(START + 5 * 60_000), false],
    ['that begins in six minutes', newRunId(START + 6 * 60_000), true],
    ['of the year 9999', '99991231T235959Z-abcd', true],
    ['of a day that is none', '20261399T995959Z-abcd', true],
  ])('%s: %s', (_, run, expected) => {
    expect(isAhead(run, START)).toBe(expected);
  });
});
