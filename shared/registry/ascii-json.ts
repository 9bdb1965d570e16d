const escaped = (text: string): string =>
  Array.from(
    { length: text.length },
    (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

/**
 * JSON in which every other character is escaped: such text can be cut anywhere, counts one byte per character, and
 * survives clients and emulators that decode UTF-8 chunk by chunk.
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[^ -~]+/g, escaped);
}
