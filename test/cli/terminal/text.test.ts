import { describe, expect, it } from 'vitest';
import { tableText } from '../../../shared/cli/terminal/columns.ts';
import { agoText, harmless, sumText } from '../../../shared/cli/terminal/text.ts';

describe('text for a terminal', () => {
  it('shows a duration in the largest unit that people would use', () => {
    expect([5, 119, 300, 7200 * 2, 86_400 * 9].map((seconds) => agoText(seconds * 1000))).toEqual([
      '5 s',
      '119 s',
      '5 min',
      '4 h',
      '9 d',
    ]);
  });

  it('says how many there are of each state, and of all', () => {
    expect(sumText('target', { refused: 2, synced: 5 })).toBe('7 targets: 2 refused, 5 synced');
    expect(sumText('target', { synced: 1 })).toBe('1 target: 1 synced');
    expect(sumText('target', {})).toBe('0 targets');
  });

  it('shows control characters as question marks', () => {
    expect(harmless('a\u001b[2J\u202eb')).toBe('a?[2J?b');
  });

  it('aligns the cells of a table, and leaves no space at the end of a line', () => {
    expect(
      tableText([
        ['NAME', 'X'],
        ['a', ''],
        ['bbbbb', 'y'],
      ]),
    ).toBe('NAME   X\na\nbbbbb  y');
  });
});
