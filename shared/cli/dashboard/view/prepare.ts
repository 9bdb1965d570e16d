import type { TargetStatus } from '../../../status/target.ts';
import { datesIn } from './expiry.ts';
import { targetsIn } from './fleet.ts';
import { ofTargets } from './found.ts';
import { consentsIn } from './routes.ts';
import { sumsIn } from './secrets.ts';

/** What views need of a cluster's rows, as soon as they are read: whoever opens a view first does not wait for all clusters. */
export function prepare(rows: readonly TargetStatus[]): void {
  targetsIn(rows);
  consentsIn(rows);
  for (const { part } of [ofTargets, sumsIn, datesIn]) part(rows);
}
