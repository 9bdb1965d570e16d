import type { Code } from '../errors.ts';

/** How often a cluster failed in a row, and when it may be tried again (ms since the epoch). Shared by all instances. */
export interface BackOff {
  failures: number;
  nextTry: number;
  /** `CODE: message` of its last failure; rows of an earlier release do not have it. */
  cause?: string | undefined;
}

/** Fewer failures than this may be a hiccup: everything is still tried. */
const BEGINS_AT = 3;
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** Milliseconds until the cluster may be tried, 0 when it may be now. */
export function heldForMs(backOff: BackOff | undefined, now: number): number {
  if (backOff === undefined || backOff.failures < BEGINS_AT) return 0;
  return Math.max(0, backOff.nextTry - now);
}

/** Whether the cluster is in back-off: then only one attempt is made at a time, until its result is known. */
export function isBackingOff(backOff: BackOff | undefined): backOff is BackOff {
  return backOff !== undefined && backOff.failures >= BEGINS_AT;
}

/** Of all clusters that failed, those in back-off. */
export function backingOff(all: ReadonlyMap<string, BackOff>): ReadonlyMap<string, BackOff> {
  return new Map([...all].filter(([, backOff]) => isBackingOff(backOff)));
}

/** After one more failed delivery: from the third on, tries 15 s apart, doubling to 5 minutes. */
export function afterFailure(
  backOff: BackOff | undefined,
  now: number,
  failure?: { code: Code; message: string },
): BackOff {
  const failures = (backOff?.failures ?? 0) + 1;
  const pause = FIRST_PAUSE_MS * 2 ** Math.min(Math.max(0, failures - BEGINS_AT), 20);
  const cause = failure === undefined ? backOff?.cause : `${failure.code}: ${failure.message}`;
  return { failures, nextTry: now + Math.min(LONGEST_PAUSE_MS, pause), cause };
}

/** For people: that a cluster is in back-off, and why. */
export function backOffText(cluster: string, { cause }: Pick<BackOff, 'cause'>): string {
  return `cluster ${cluster} keeps failing${cause === undefined ? '' : ` (${cause})`}`;
}

/** One message of each target waits, so all of a cluster come within this. */
const SPREAD_MS = 60_000;

/**
 * How long a waiting target stays invisible: until a moment after the next try, when its result is known. The spread is for
 * a cluster that comes back: it is not met by everything at once.
 */
export function releaseMs(held: number, random: number): number {
  return Math.round(held + 2000 + random * SPREAD_MS);
}
