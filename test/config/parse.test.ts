import { expect, it } from 'vitest';
import { found } from '../../shared/config/parse.ts';

it('what was found is quoted up to 80 characters, and cut with a mark where it is longer', () => {
  expect(found('x'.repeat(80))).toBe(`"${'x'.repeat(80)}"`);
  expect(found('x'.repeat(81))).toBe(`"${'x'.repeat(79)}…"`);
});

it('what might be a credential is not shown', () => {
  for (const text of ['AccountKey=abc', 'sig=1', 'me@host', 'TOKEN=x'])
    expect(found(text)).toBe('(not shown)');
});
