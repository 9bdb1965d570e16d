import { describe, expect, it } from 'vitest';
import { agoText, durationMs } from '../../../shared/cli/terminal/durations.ts';

describe('a duration', () => {
  it('is read with its unit, and as seconds without one', () => {
    expect([durationMs('90'), durationMs('90s'), durationMs('15m'), durationMs('1h')]).toEqual([
      90_000, 90_000, 900_000, 3_600_000,
    ]);
    expect(() => durationMs('soon')).toThrow('15m');
  });

  it('is shown in the largest unit that people would use', () => {
    expect([5, 119, 300, 7200 * 2, 86_400 * 9].map((seconds) => agoText(seconds * 1000))).toEqual([
      '5 s',
      '119 s',
      '5 min',
      '4 h',
      '9 d',
    ]);
  });
});
