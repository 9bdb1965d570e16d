import type { Code } from '../errors.ts';

/** How often a cluster failed in a row, and when it may be tried again (ms since the epoch). Shared by all instances. */
export interface BackOff {
  failures: number;
  nextTry: number;
}

/** Failures that say something of the whole cluster, not of one target. */
const CLUSTER_WIDE: ReadonlySet<Code> = new Set<Code>([
  'CLUSTER_UNREACHABLE',
  'CLUSTER_TLS',
  'CLUSTER_TIMEOUT',
  'CLUSTER_UNAUTHORIZED',
  'CLUSTER_THROTTLED',
  'CLUSTER_FAILED',
]);

/** Fewer failures than this may be a hiccup: everything is still tried. */
const OPENS_AT = 3;
const FIRST_PROBE_MS = 15_000;
const LONGEST_PROBE_MS = 5 * 60_000;

export function isClusterWide(code: Code): boolean {
  return CLUSTER_WIDE.has(code);
}

/** Milliseconds until the cluster may be tried, 0 when it may be now. */
export function heldForMs(backOff: BackOff | undefined, now: number): number {
  if (backOff === undefined || backOff.failures < OPENS_AT) return 0;
  return Math.max(0, backOff.nextTry - now);
}

/** Whether the next attempt is a probe: then only one is made until its result is known. */
export function isProbe(backOff: BackOff | undefined): backOff is BackOff {
  return backOff !== undefined && backOff.failures >= OPENS_AT;
}

/** After one more failed delivery: from the third on, probes 15 s apart, doubling to 5 minutes. */
export function afterFailure(backOff: BackOff | undefined, now: number): BackOff {
  const failures = (backOff?.failures ?? 0) + 1;
  const pause = FIRST_PROBE_MS * 2 ** Math.min(Math.max(0, failures - OPENS_AT), 20);
  return { failures, nextTry: now + Math.min(LONGEST_PROBE_MS, pause) };
}

/**
 * How long a waiting target stays invisible: until the probe, plus a spread that grows with the pause, so that a cluster
 * that comes back is not met by everything at once.
 */
export function releaseMs(held: number, random: number): number {
  return Math.round(held + 2000 + random * Math.max(10_000, held / 2));
}
