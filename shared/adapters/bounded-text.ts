import { oneLine } from '../status/text.ts';

/** The text on one line, well-formed, of at most `max` UTF-16 units; a cut is marked with `…`. */
export function boundedText(text: string, max: number): string {
  return oneLine(text.length > max ? `${text.slice(0, max - 1)}…` : text);
}

/** Room for a sentence that names its things; enough for people, and a row or a log line stays small. */
export const MESSAGE_MAX = 1024;
