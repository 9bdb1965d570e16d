const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * `hh:mm:ss` or `d.hh:mm:ss`, as .NET reads a TimeSpan, in milliseconds. An hour beyond 23 is none: .NET takes the same
 * text for days, hours and minutes, so that `24:00:00` is 24 days.
 */
export function parseTimeSpan(text: string): number | undefined {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,7}))?$/.exec(text);
  if (!match) return undefined;
  const [days = 0, first = 0, second = 0, third = 0] = match.slice(1, 5).map((part) => Number(part ?? 0));
  if (first > 23) return days === 0 ? first * DAY_MS + second * (DAY_MS / 24) + third * 60_000 : undefined;
  return days * DAY_MS + ((first * 60 + second) * 60 + third + Number(`0.${match[5] ?? 0}`)) * 1000;
}

/** What storage counts in: rounded up, so that nothing ends early. */
export const wholeSeconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

const two = (value: number): string => String(value).padStart(2, '0');

/** `00:10:00`, as the host's log writes one. */
export function formatTimeSpan(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return [Math.floor(minutes / 60), minutes % 60, seconds % 60].map(two).join(':');
}
