import type { Ports, Settings } from '../ports.ts';
import { NO_CLUSTER, rowId } from '../status/target.ts';
import { type Clock, NEVER, unlessAborted, within } from '../time.ts';
import { shared } from './routing-snapshot.ts';

/** Nobody waits longer for it: the next one asks anew. */
const READ_MS = 2000;

/**
 * The status tables for events that run together, as the registry is (routing-snapshot.ts). Back-offs are shared only while
 * they are being read: one that is over must hold nothing back. Of problems, those that come while one asks share one look
 * at all of them; one that is told of later is cleared by the next success, or by a run.
 */
export function sharedStatus(
  status: Pick<Ports['status'], 'backOffs' | 'target' | 'targets'>,
  clock: Clock,
): Settings['process']['status'] {
  let reading: ReturnType<Ports['status']['backOffs']> | undefined;
  const problems = shared(
    async () => new Set((await status.targets(NO_CLUSTER, NEVER)).map(({ id }) => id)),
    clock,
  );
  return {
    backOffs(signal) {
      reading ??= within(clock, READ_MS, NEVER, (inTime) => status.backOffs(inTime)).finally(() => {
        reading = undefined;
      });
      return unlessAborted(signal, reading);
    },
    isProblem(about) {
      const look = async (inTime: AbortSignal): Promise<boolean> => {
        const all = problems.known();
        if (all !== undefined) return (await all).has(rowId(about));
        return problems.alone(async () => (await status.target(about, inTime)) !== undefined);
      };
      return within(clock, READ_MS, NEVER, look).catch(() => true);
    },
  };
}
