import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Mutant } from '@stryker-mutator/api/core';

/** A change of the code, told by what it changes instead of where: the same when the code around it moves. */
export interface Change {
  /** From the root of the repository. */
  file: string;
  was: string;
  becomes: string;
}

type Planted = Pick<Mutant, 'fileName' | 'location'> & { replacement?: string };

/** Of the files as they are, not as Stryker instrumented them. */
export function changeOf({ fileName, location, replacement = '' }: Planted): Change {
  const text = readFileSync(fileName, 'utf8');
  const was = text.slice(offsetOf(text, location.start), offsetOf(text, location.end));
  return { file: relative(process.cwd(), fileName), was, becomes: replacement };
}

/** The same of a mutant that was tried: results count lines and columns from 1, mutants from 0. */
export function changeOfResult({ location: { start, end }, ...rest }: Planted): Change {
  const less = ({ line, column }: typeof start) => ({ line: line - 1, column: column - 1 });
  return changeOf({ ...rest, location: { start: less(start), end: less(end) } });
}

/** `line` and `column` from 0, as checkers are given them. */
function offsetOf(text: string, { line, column }: Mutant['location']['start']): number {
  const before = text.split('\n').slice(0, line);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column;
}

/** The folder of shared/ that it changes. */
export const roomOf = ({ file }: Change): string => file.split('/')[1] ?? '';

export const keyOf = ({ file, was, becomes }: Change): string => JSON.stringify([file, was, becomes]);
