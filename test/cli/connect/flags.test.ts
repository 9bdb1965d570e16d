import { describe, expect, it } from 'vitest';
import { durationMs } from '../../../shared/cli/connect/flags.ts';

describe('a flag that takes a duration', () => {
  it('is read with its unit, and as seconds without one', () => {
    expect(['90', '90s', '15m', '1h'].map(durationMs)).toEqual([90_000, 90_000, 900_000, 3_600_000]);
  });

  it('is refused when it is no duration', () => {
    expect(() => durationMs('soon')).toThrow('15m');
  });
});
