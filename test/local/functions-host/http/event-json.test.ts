import { describe, expect, it } from 'vitest';
import { parseEvents } from './event-json.ts';

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('a body of events', () => {
  it.each([
    ['2026-11-21T12:00:00.3140000Z', '2026-11-21T12:00:00.314Z'],
    ['2026-11-21T12:00:00.0000000Z', '2026-11-21T12:00:00Z'],
    ['2026-11-21T12:00:00.1234567Z', '2026-11-21T12:00:00.1234567Z'],
    ['2026-11-21T12:00:00Z', '2026-11-21T12:00:00Z'],
    ['2026-11-21T12:00:00.500+02:00', '2026-11-21T10:00:00.5+00:00'],
    ['2026-11-21T00:30:00+01:00', '2026-11-20T23:30:00+00:00'],
    ['2026-11-21T12:00:00', '2026-11-21T12:00:00'],
  ])('has its date %s rewritten to %s, wherever it stands', (date, rewritten) => {
    const event = (eventTime: string) => ({ eventTime, data: { list: [eventTime] } });
    expect(parseEvents(JSON.stringify(event(date)))).toEqual([event(rewritten)]);
  });

  it.each(['2026-11-21', 'at 2026-11-21T12:00:00Z', '2026-13-41T12:00:00Z', '20261121T120000Z', 'text'])(
    'keeps %j, which is no date',
    (text) => {
      expect(parseEvents(JSON.stringify({ text }))).toEqual([{ text }]);
    },
  );

  it('may be one event or an array, also an empty one', () => {
    expect(parseEvents('{"id":1}')).toEqual([{ id: 1 }]);
    expect(parseEvents('[]')).toEqual([]);
  });

  it.each([
    ['cut off', '{"id":'],
    ['followed by more', '{"id":1} x'],
    ['a number', '42'],
    ['200 levels deep', nested(200)],
  ])('is refused when it is %s', (_, body) => {
    expect(() => parseEvents(body)).toThrow(/./);
  });

  it('may be 64 levels deep', () => {
    expect(parseEvents(nested(64))).toHaveLength(1);
  });
});
