const DAY = 24 * 60 * 60 * 1000;

/**
 * The wait a Retry-After header asks for, in milliseconds: whole seconds or an HTTP date (RFC 9110, 10.2.3). Undefined
 * when it is absent or senseless; never more than a day.
 */
export function parseRetryAfter(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  // Date.parse takes almost anything for a date; an HTTP date begins with the day of the week.
  const date = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) - now : Number.NaN;
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : date;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), DAY);
}

/**
 * An address without slashes at its end, so that paths can be put behind it. By hand, because `/\/+$/` looks at every slash
 * again from each one before it: an address of 100 kB of slashes takes seconds.
 */
export function baseAddress(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end -= 1;
  return address.slice(0, end);
}
