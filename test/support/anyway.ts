import type { Ports } from '../../shared/ports.ts';
import type { TargetStatus } from '../../shared/status/target.ts';

/** Writes of these rows over whatever stands there. */
export function anyway(rows: readonly TargetStatus[]): Parameters<Ports['status']['saveTargets']>[0] {
  return rows.map((row) => ({ row, over: 'any' }));
}
