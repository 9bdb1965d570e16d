import { Refused } from './state.ts';
import type { VaultState } from './state.ts';

/** The states of one vault over time. */
export interface Replica {
  /** The true state, whoever answers. */
  current: () => VaultState;
  /** What a read over HTTP sees. */
  read: () => VaultState;
  /** The state to change over HTTP; throws {@link Refused} while only the frozen replica answers. */
  primary: () => VaultState;
  commit: (state: VaultState) => void;
  /** On: reads stay at this moment, writes over HTTP are refused. */
  freeze: (on: boolean) => void;
}

/** `now` in milliseconds; reads see the state of `lagMs` ago. */
export function createReplica(now: () => number, lagMs: number): Replica {
  let timeline: { at: number; state: VaultState }[] = [{ at: Number.NEGATIVE_INFINITY, state: new Map() }];
  let frozen: VaultState | undefined;
  const stateAt = (index: number): VaultState => timeline.at(index)?.state ?? new Map();
  const current = () => stateAt(-1);
  const visible = () =>
    lagMs === 0 ? timeline.length - 1 : timeline.findLastIndex(({ at }) => at <= now() - lagMs);
  const read = () => frozen ?? stateAt(visible());
  return {
    current,
    read,
    primary() {
      // How a failed-over vault words this is not documented; any refusal will do.
      if (frozen) throw new Refused(503, 'ServiceUnavailable', 'The vault is read-only during a failover');
      return current();
    },
    commit(state) {
      timeline = [...timeline.slice(visible()), { at: now(), state }];
    },
    freeze: (on) => void (frozen = on ? read() : undefined),
  };
}
