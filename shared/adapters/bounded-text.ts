/** Control characters, line separators and direction overrides: they could break a log line or mislead its reader. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu;

/** The text on one line, well-formed, of at most `max` UTF-16 units; a cut is marked with `…`. */
export function boundedText(text: string, max: number): string {
  const line = text.slice(0, max + 1).replace(UNPRINTABLE, ' ');
  // toWellFormed: the cut may have split a surrogate pair.
  return (line.length > max ? `${line.slice(0, max - 1)}…` : line).toWellFormed();
}

/** Room for a sentence that names its things; enough for people, and a row or a log line stays small. */
export const MESSAGE_MAX = 1024;
