import type { Io } from '../terminal/io.ts';
import { wrapped } from './wrapped.ts';

/** A word and what it means. */
export type Term = readonly [word: string, meaning: string];

const INDENT = '  ';

/** Meanings beside their words, all from the same column on; a word that is too long for that has a line of its own. */
export function termLines(io: Io, terms: readonly Term[], column: number): string[] {
  return terms.flatMap(([word, meaning]) => {
    const lines = wrapped(io, meaning, INDENT + ' '.repeat(column));
    if (word.length >= column) return [INDENT + word, ...lines];
    const [first = '', ...rest] = lines;
    return [INDENT + word.padEnd(column) + first.trimStart(), ...rest];
  });
}
