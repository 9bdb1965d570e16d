import { describe, expect, it } from 'vitest';
import type { Io } from '../../../shared/cli/terminal/io.ts';
import type { Column } from '../../../shared/cli/output/table.ts';
import { fittedTable, shortened } from '../../../shared/cli/output/table.ts';
import { wrapped } from '../../../shared/cli/output/wrapped.ts';

interface Row {
  name: string;
  state: string;
  route: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: 'NAME', of: ({ name }) => name, least: 10 },
  { heading: 'STATE', of: ({ state }) => state, state: ({ state }) => state },
  { heading: 'ROUTE', of: ({ route }) => route, least: 8, leaves: 1 },
];
const ROW = { name: 'app-1/postgres972-connectionstring', state: 'refused', route: 'route-of-team-app-1' };

const on = (width: number | undefined, colour = false) => ({ width, colour }) as Io;
const linesOn = (width: number | undefined, wide = false) =>
  fittedTable(on(width), COLUMNS, [ROW], wide).split('\n');

describe('a table', () => {
  it('shows everything whole where nobody looks, and with wide', () => {
    const whole = [
      'NAME                                STATE    ROUTE',
      'app-1/postgres972-connectionstring  refused  route-of-team-app-1',
    ];
    expect(linesOn(undefined)).toEqual(whole);
    expect(linesOn(30, true)).toEqual(whole);
  });

  it.each([60, 50, 40, 30])('is no wider than a terminal of %i columns', (width) => {
    expect(Math.max(...linesOn(width).map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  it('shortens long values in the middle, the longest first, down to their least', () => {
    expect(linesOn(50)[1]).toMatch(/^app-1\/\w+…\w+string {2}refused {2}route-of-team-app-1$/);
    expect(linesOn(40)[1]).toMatch(/^app-1\/\w+…\w+ {2}refused {2}route-\S*…\S*$/);
  });

  it('leaves out the least needed column where shortening is not enough', () => {
    expect(linesOn(24)[0]).toMatch(/^NAME +STATE$/);
  });

  it('colours what a column says, and the heading, only on a terminal that takes colours', () => {
    expect(fittedTable(on(undefined, true), COLUMNS, [ROW])).toContain('\u001b[31mrefused\u001b[39m');
    expect(fittedTable(on(undefined), COLUMNS, [ROW])).not.toContain('\u001b');
  });

  it('shows control characters of rows as question marks', () => {
    expect(fittedTable(on(undefined), COLUMNS, [{ ...ROW, name: 'x\u001b[2J' }])).toContain('x?[2J');
  });
});

describe('text', () => {
  it('is shortened in the middle, to the very width', () => {
    expect(shortened('abcdefghij', 10)).toBe('abcdefghij');
    expect(shortened('abcdefghij', 7)).toBe('abc…hij');
    expect(shortened('abcdefghij', 6)).toBe('abc…ij');
  });

  it('is wrapped between words, each line with its indent', () => {
    expect(wrapped(on(12), 'one two three four', '  ')).toEqual(['  one two', '  three four']);
    expect(wrapped(on(undefined), 'one two', '  ')).toEqual(['  one two']);
  });
});
