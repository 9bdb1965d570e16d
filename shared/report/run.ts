import { randomBytes } from 'node:crypto';

/** A run's id: its start to the second, which makes later runs sort later, and something random. */
export function newRunId(now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${stamp}-${randomBytes(4).toString('hex')}`;
}
