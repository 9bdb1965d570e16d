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

/** Of the files as they are, not as Stryker instrumented them. */
export function changeOf({
  fileName,
  location,
  replacement,
}: Pick<Mutant, 'fileName' | 'location' | 'replacement'>): Change {
  const text = readFileSync(fileName, 'utf8');
  const was = text.slice(offsetOf(text, location.start), offsetOf(text, location.end));
  return { file: relative(process.cwd(), fileName), was, becomes: replacement };
}

/** `line` and `column` from 0, as checkers are given them. */
function offsetOf(text: string, { line, column }: Mutant['location']['start']): number {
  const before = text.split('\n').slice(0, line);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column;
}

export const keyOf = ({ file, was, becomes }: Change): string => JSON.stringify([file, was, becomes]);
