import type { Io } from '../terminal/io.ts';
import { wrapped, wrappedAfter } from './wrapped.ts';

const INDENT = '  ';

/** Words and what they mean: the meanings beside the words, all from the same column on; a word that is too long for that has a line of its own. */
export function termLines(
  io: Io,
  terms: readonly (readonly [word: string, meaning: string])[],
  column: number,
): string[] {
  return terms.flatMap(([word, meaning]) => {
    const width = INDENT.length + column;
    if (word.length >= column) return [INDENT + word, ...wrapped(io, meaning, ' '.repeat(width))];
    return wrappedAfter(io, INDENT + word.padEnd(column), width, meaning);
  });
}
