import type { Io } from '../terminal/io.ts';
import { harmless } from '../terminal/text.ts';

/** On lines no longer than the terminal, each with the indent; words are not broken. */
export function wrapped(io: Io, text: string, indent = ''): string[] {
  const width = (io.width ?? Number.POSITIVE_INFINITY) - indent.length;
  const lines: string[] = [];
  for (const word of harmless(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => indent + line);
}

/** The same after a head, such as a word in colour: further lines begin where the text does. `width`: that of the head. */
export function wrappedAfter(io: Io, head: string, width: number, text: string): string[] {
  const [first = '', ...rest] = wrapped(io, text, ' '.repeat(width));
  return [head + first.slice(width), ...rest];
}
