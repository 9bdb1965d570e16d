/** Less than the table's column holds, so that what is read back compares equal to what was written. */
const LONGEST = 1000;

/** Control characters, line separators and direction overrides: they could break a log line or mislead its reader. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu;

/** The text on one line, well-formed. */
export function oneLine(text: string): string {
  return text.replace(UNPRINTABLE, ' ').toWellFormed();
}

/** A message as a row keeps it. */
export function rowText(message: string): string {
  // The cut may split a surrogate pair.
  return oneLine(message.length > LONGEST ? `${message.slice(0, LONGEST - 1)}…` : message);
}
