import { expect } from 'vitest';
import { LOG_FIELDS } from '../../shared/adapters/log.ts';
import { CODES } from '../../shared/errors.ts';

const KNOWN = new Set<string>(['time', 'level', 'code', 'message', ...LOG_FIELDS]);
/** A line and all its fields, cut: far less than what an event may be. */
const LINE_MAX = 8000;

/** Each is one JSON object on one line, with fields and codes of ours only, and not longer for a longer input. */
export function expectLogLines(lines: readonly string[]): void {
  for (const line of lines) {
    expect(line).not.toMatch(/[\n\r\u0085\u2028\u2029]/);
    expect(line.length).toBeLessThan(LINE_MAX);
    const fields = JSON.parse(line) as Record<string, unknown>;
    expect(Object.keys(fields).filter((field) => !KNOWN.has(field))).toEqual([]);
    expect(Object.hasOwn(CODES, String(fields['code']))).toBe(true);
  }
}

const CALL = /^[a-zA-Z]+\.[a-zA-Z]+(?: [\w./:@*-]*)?(?: page \d+)?(?: done)?$/;

/** A call of a fake, which says what it was asked for: names of ours, and no text that came from elsewhere. */
export const isPlainCall = (call: string): boolean => CALL.test(call) && !/evil|\.\./.test(call);
