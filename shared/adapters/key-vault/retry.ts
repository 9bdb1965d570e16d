import { parseRetryAfter } from '../http.ts';

const MORE_ATTEMPTS = 2;
const FIRST_WAIT_MS = 400;

interface Attempt {
  /** From 0. */
  number: number;
  /** HTTP status; undefined when no answer came. */
  status: number | undefined;
  retryAfter: string | undefined;
  /** Of a connection that failed, such as `ECONNRESET`. */
  errorCode?: string;
}

/** A name that does not exist and a certificate that is not trusted stay so for longer than we can wait. */
const STAYS = /^ENOTFOUND$|CERT|SIGNED|SIGNATURE|^ERR_(?:SSL|TLS)_/;

const isPassing = ({ status, errorCode = '' }: Attempt): boolean =>
  status === undefined ? !STAYS.test(errorCode) : status === 408 || status === 429 || status >= 500;

/**
 * Milliseconds until the next attempt, or undefined: none helps, or none fits. The SDK itself gives up at once on a 429
 * without Retry-After, which Key Vault may send, and otherwise waits as long as it is told to.
 *
 * @param random in [0, 1): instances that failed together must not come back together
 */
export function nextWait(attempt: Attempt, left: number, random: number, now: number): number | undefined {
  const { number, retryAfter } = attempt;
  if (number >= MORE_ATTEMPTS || !isPassing(attempt)) return undefined;
  const backoff = FIRST_WAIT_MS * 3 ** number * (0.5 + random);
  const wait = parseRetryAfter(retryAfter, now) ?? backoff;
  return wait < left ? wait : undefined;
}
