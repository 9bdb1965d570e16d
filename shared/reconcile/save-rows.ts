import type { Ports } from '../ports.ts';
import type { TargetStatus } from '../status/target.ts';
import type { Seen } from './plan.ts';

const NEVER = new AbortController().signal;

/**
 * Saves rows. Whoever pushed a target while the run was under way may have found a source again, which ends the proof of
 * its removal: proof is written only where the table still holds what the run started from.
 */
export async function saveRows(
  ports: Pick<Ports, 'status'>,
  rows: readonly TargetStatus[],
  seen: Pick<Seen, 'rows'>,
): Promise<void> {
  if (rows.length === 0) return;
  const checked = rows.map(async (row) => {
    if (row.removal === '') return row;
    const now = await ports.status.target(placeOf(row), NEVER);
    const before = seen.rows.get(row.id)?.removal ?? '';
    return (now?.removal ?? '') === before ? row : { ...row, removal: now?.removal ?? '' };
  });
  await ports.status.saveTargets(await Promise.all(checked), NEVER);
}

function placeOf({ cluster, id }: TargetStatus) {
  const [namespace = '', ...rest] = id.split(':');
  return { cluster, namespace, name: rest.join(':') };
}
