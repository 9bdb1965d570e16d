import type { Call } from '../world/call.ts';
import type { Model } from '../world/model.ts';
import type { Observer, Setting, Task } from '../world/shape.ts';
import { judgeAbsent } from './absent.ts';
import type { Bench } from './bench.ts';
import { createLooks, type Looks } from './looks.ts';
import { judgeMessages } from './messages.ts';
import type { Accuse, Wrong } from './rules.ts';
import { createDates } from './dates.ts';
import { createReads } from './reads.ts';
import { createShared } from './shared.ts';
import { createWaiting } from './waiting.ts';
import { createWrites } from './writes.ts';

/** Everybody who watches, and what they found. */
export interface Court {
  wrongs: Wrong[];
  accuse: Accuse;
  bench: Bench;
  looks: Looks;
  /** Nothing runs: what may be told then is judged. */
  rest(): Promise<void>;
  /** Calls since it was last asked that the steady state does without. */
  noise: string[];
  /** How often a table or a queue failed, an instance died, or rows were lost; and when last, ms. */
  mishaps: { count: number; lastMs: number };
  mishap(): void;
  /**
   * Secrets of which a message about a whole secret read an older version than the one that is there, from a replica that stood
   * still: where no row tells what its event announced, it may find nothing to do, and the next run does it.
   */
  lateRetries: Set<string>;
}

export function createCourt(
  model: Model,
  { vaultBehindMs, skews }: Setting,
  tell: (wrong: Wrong) => void,
): Court {
  const { universe } = model;
  const wrongs: Wrong[] = [];
  const accuse: Accuse = (rule, what, about) => {
    if (wrongs.some((one) => one.rule === rule && one.what === what)) return;
    wrongs.push({ rule, what, about });
    tell({ rule, what, about });
  };
  const looks = createLooks(universe);
  const reads = createReads(universe);
  const writes = createWrites(universe, { looks, reads }, accuse, vaultBehindMs);
  const held: Observer = {
    line({ code, runId }) {
      if (code === 'REMOVAL_HELD' && runId !== undefined) model.held.unshift(runId);
    },
  };
  const court: Court = {
    wrongs,
    accuse,
    bench: writes,
    looks,
    noise: [],
    lateRetries: new Set(),
    mishaps: { count: 0, lastMs: -Infinity },
    mishap() {
      court.mishaps = { count: court.mishaps.count + 1, lastMs: universe.time.now() };
    },
    async rest() {
      looks.rest();
      judgeAbsent(universe, writes, accuse);
      const causes = model.events + model.runs.length;
      judgeMessages(universe, { mishaps: court.mishaps.count, causes }, accuse);
      dates.judge();
      await waiting.judge(court.mishaps.lastMs);
    },
  };
  const waiting = createWaiting(
    model,
    skews.every((ms) => ms === 0),
    accuse,
  );
  const struck = (): number => [...universe.faults.struck.values()].reduce((sum, one) => sum + one, 0);
  const dates = createDates(universe, vaultBehindMs, () => court.mishaps.count + struck(), accuse);
  const mishaps: Observer = {
    fault({ port }) {
      if (port === 'status' || port === 'queue') court.mishap();
    },
    effect(call, { instance }) {
      if (isNoise(call)) court.noise.push(`${call.port}.${call.method} ${call.place ?? call.secret ?? ''}`);
      if (call.port !== 'vault') return () => {};
      const isRetry = universe.tasks.some((one) => one.instance === instance && isOfSecret(one));
      return () => {
        if (isRetry && universe.vault.wasLate) court.lateRetries.add(call.secret ?? '');
      };
    },
  };
  // Looks come first: what a write is judged by was seen before.
  universe.observers.push(looks, reads, writes, createShared(accuse), held, mishaps, waiting, dates);
  return court;
}

function isOfSecret({ message }: Task): boolean {
  return (message as { kind?: string } | undefined)?.kind === 'secret';
}

const NOISE =
  /^(?:vault\.read|vault\.readVersion|kubernetes\.(?:create|replace|remove)|status\.(?:save|forget)Targets)$/;

function isNoise({ port, method }: Call): boolean {
  return NOISE.test(`${port}.${method}`);
}
