import { createAdmission } from '../admission/admission.ts';
import { turnsOf } from '../admission/turns.ts';
import type { Ports, Settings } from '../ports.ts';
import { snapshotRouting } from './routing-snapshot.ts';
import { sharedStatus } from './shared-status.ts';

/**
 * Events that run at once, and how long others wait for a place before they are queued. Event Grid waits 30 s for an
 * answer; what is queued is done by the instances of another group meanwhile.
 */
const EVENTS = { places: 32, patienceMs: 2000, line: 2000 };

/** @param places targets worked on at once, whatever they are part of */
export function createProcess(
  { registry, status, clock }: Pick<Ports, 'registry' | 'status' | 'clock'>,
  places: number,
): Settings['process'] {
  return {
    turns: turnsOf(places),
    admission: createAdmission(clock, EVENTS),
    routing: snapshotRouting(registry, clock),
    status: sharedStatus(status, clock),
  };
}
