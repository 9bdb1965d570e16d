import { z } from 'zod';
import { knownExpiries } from './expiry.ts';
import type { TargetStatus } from './target.ts';

/** What the rows of a cluster come to, so that nobody has to read them all to tell how it is doing. */
export const runSummary = z.object({
  /** Targets by state and code, as `refused NOT_ACCEPTED`; `synced` stands alone, for two codes say the same there. */
  targets: z.record(z.string(), z.int().min(0)),
  /** Since when the target that fails the longest does, ms since the epoch; 0 when none fails. */
  failingSince: z.int().min(0),
  /** When the first thing that stands there expires, of what has not yet: Unix seconds; 0 when nothing will. */
  expires: z.int().min(0),
});

export type RunSummary = z.output<typeof runSummary>;

/** What a summary needs of a row: many are held at once. */
export type Brief = Pick<TargetStatus, 'state' | 'code' | 'failingSince'> & {
  /** Unix seconds, the first first. */
  expiries: readonly number[];
};

export function briefOf({ state, code, failingSince, stands, expires }: TargetStatus): Brief {
  const dates = stands === 'no' ? [] : [...knownExpiries(expires).values()];
  return { state, code, failingSince, expiries: dates.toSorted((a, b) => a - b) };
}

/** `now` in ms. */
export function summaryOf(briefs: Iterable<Brief>, now: number): RunSummary {
  const summary: RunSummary = { targets: {}, failingSince: 0, expires: 0 };
  for (const { state, code, failingSince, expiries } of briefs) {
    const what = state === 'synced' ? state : `${state} ${code}`;
    summary.targets[what] = (summary.targets[what] ?? 0) + 1;
    summary.failingSince = earlier(summary.failingSince, failingSince);
    summary.expires = earlier(summary.expires, expiries.find((date) => date * 1000 > now) ?? 0);
  }
  return summary;
}

/** Of two times the earlier one; 0 is none. */
function earlier(one: number, other: number): number {
  return one === 0 || other === 0 ? Math.max(one, other) : Math.min(one, other);
}
