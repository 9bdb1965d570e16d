import { describe, expect, it } from 'vitest';
import { formatTimeSpan, parseTimeSpan } from './time-span.ts';

const HOUR = 3_600_000;

describe('a time span of .NET', () => {
  it.each([
    ['00:00:30', 30_000],
    ['00:10:00', 600_000],
    ['23:59:59', 24 * HOUR - 1000],
    ['1.02:00:00', 26 * HOUR],
    ['00:00:00.5', 500],
    ['24:00:00', 24 * 24 * HOUR],
    ['30:01:00', 30 * 24 * HOUR + HOUR],
  ])('%s is %i ms', (text, milliseconds) => {
    expect(parseTimeSpan(text)).toBe(milliseconds);
  });

  it.each(['', '10', '1:2', 'aa:00:00', '1.24:00:00'])('is not %j', (text) => {
    expect(parseTimeSpan(text)).toBeUndefined();
  });

  it('is written as it is read', () => {
    expect(formatTimeSpan(600_000)).toBe('00:10:00');
  });
});
