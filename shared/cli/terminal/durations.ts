import { InvalidArgumentError } from 'commander';

const UNITS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `90s`, `15m`, `1h`, or seconds: in milliseconds. For commander. */
export function durationMs(text: string): number {
  const [, digits, unit = 's'] = /^(\d{1,6})([smh]?)$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('Write it as 90s, 15m or 1h.');
  return Number(digits) * UNITS[(unit || 's') as keyof typeof UNITS];
}

/** `3 min`, for people. */
export function agoText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
