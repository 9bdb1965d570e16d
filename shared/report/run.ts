import { randomBytes } from 'node:crypto';

/**
 * A run's id: its start, which makes later runs sort later, and something random. The milliseconds stand in hexadecimal
 * before the latter: two runs of one second must not supersede each other the wrong way round.
 */
export function newRunId(now: number): string {
  const start = new Date(now);
  const stamp = start.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  const milliseconds = start.getUTCMilliseconds().toString(16).padStart(3, '0');
  return `${stamp}-${milliseconds}${randomBytes(4).toString('hex')}`;
}
