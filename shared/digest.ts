import { hash, type Hash } from 'node:crypto';

/** 128 bits, in hexadecimal: enough to tell inputs apart, and rows hold many. */
const LENGTH = 32;

export function digestOf(text: string): string {
  return hash('sha256', text).slice(0, LENGTH);
}

/** Of what came piece by piece. */
export function ended(digest: Hash): string {
  return digest.digest('hex').slice(0, LENGTH);
}
