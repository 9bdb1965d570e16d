import { expect, it } from 'vitest';
import { changeOf } from './mutant.ts';

it('a change is told by the text that it replaces, wherever that stands', () => {
  const mutant = {
    fileName: import.meta.filename,
    location: { start: { line: 0, column: 9 }, end: { line: 1, column: 17 } },
    replacement: 'nothing',
  };
  expect(changeOf(mutant)).toEqual({
    file: 'test/mutants/mutant.test.ts',
    was: "expect, it } from 'vitest';\nimport { changeOf",
    becomes: 'nothing',
  });
});
