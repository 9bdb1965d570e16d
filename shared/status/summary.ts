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

/** `now` in ms. */
export function summaryOf(
  rows: Iterable<Pick<TargetStatus, 'state' | 'code' | 'failingSince' | 'stands' | 'expires'>>,
  now: number,
) {
  const summary: z.output<typeof runSummary> = { targets: {}, failingSince: 0, expires: 0 };
  for (const { state, code, failingSince, stands, expires } of rows) {
    const what = state === 'synced' ? state : `${state} ${code}`;
    summary.targets[what] = (summary.targets[what] ?? 0) + 1;
    summary.failingSince = earlier(summary.failingSince, failingSince);
    if (stands === 'no') continue;
    for (const date of knownExpiries(expires).values())
      if (date * 1000 > now) summary.expires = earlier(summary.expires, date);
  }
  return summary;
}

/** Of two times the earlier one; 0 is none. */
function earlier(one: number, other: number): number {
  return one === 0 || other === 0 ? Math.max(one, other) : Math.min(one, other);
}
