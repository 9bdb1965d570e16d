import type { LiveSecret } from '../../../shared/target/secret.ts';
import { idOf } from './oracle/secrets.ts';
import { kindOf, type Step } from './program/steps.ts';
import type { Observer, Universe } from './world/shape.ts';

/** What a program did. */
export interface Tally {
  /** Kinds of steps it took, and of faults that struck. */
  kinds: Set<string>;
  writes: number;
  /** Secrets, and keys of Secrets that stayed. */
  deletes: number;
  faults: number;
  calls: number;
}

/** Counts what instances wrote and removed, and what struck them. */
export function createTally({ kubernetes }: Universe): Tally & Observer {
  const tally: Tally & Observer = {
    kinds: new Set(),
    writes: 0,
    deletes: 0,
    faults: 0,
    calls: 0,
    fault(_call, _task, name) {
      tally.faults += 1;
      tally.kinds.add(`fault: ${name}`);
    },
    effect({ port, method, place = '' }) {
      tally.calls += 1;
      if (port !== 'kubernetes' || !['create', 'replace', 'remove'].includes(method)) return () => {};
      const [cluster = '', namespace = '', name = ''] = place.split('/');
      const find = () => kubernetes.people(cluster).secret(namespace, name);
      const before = find();
      return () => {
        const after = find();
        if (idOf(before) === idOf(after)) return;
        tally.writes += 1;
        tally.deletes += after === undefined ? 1 : lostKeys(before, after);
      };
    },
  };
  return tally;
}

function lostKeys(before: LiveSecret | undefined, { data }: LiveSecret): number {
  return Object.keys(before?.data ?? {}).filter((key) => !Object.hasOwn(data, key)).length;
}

export function tallyStep(tally: Tally, step: Step): void {
  tally.kinds.add(kindOf(step));
}
