import type { LiveSecret } from '../../../../shared/target/secret.ts';
import type { Judged } from '../world/history.ts';
import type { Task, Universe } from '../world/shape.ts';
import type { Looks } from './looks.ts';
import type { Reads } from './reads.ts';
import type { Accuse } from './rules.ts';

/** A write of an instance, at the moment it took effect. */
export interface Change {
  task: Task;
  place: string;
  cluster: string;
  namespace: string;
  name: string;
  before: LiveSecret | undefined;
  after: LiveSecret | undefined;
  /** The world as the instance may have seen it: since it looked, or since its vault's replica stood still. */
  judged: readonly Judged[];
  /** The world since its work began. */
  since: readonly Judged[];
}

/** What the judges of writes know. */
export interface Bench {
  universe: Universe;
  looks: Looks;
  reads: Reads;
  accuse: Accuse;
  /** Secrets that an invocation tried to create anew, and deleted: by place. */
  anew: Map<string, { task: Task; secret: LiveSecret; atMs: number }>;
  /** The routes that made what stood at a place so far. */
  makers: Map<string, Set<string>>;
  /** Clusters of which a run held removals back, while nothing has changed since. */
  held: Set<string>;
  /** What the vault's clock is behind, ms. */
  behindMs: number;
  /** `cluster uid source` -> the last version that an instance wrote. */
  written: Map<string, Written>;
}

/** The number of a version, and when it was written, ms. */
export interface Written {
  number: number;
  ms: number;
}

export function wrong(
  { accuse }: Bench,
  rule: Parameters<Accuse>[0],
  { task, place }: Change,
  what: string,
  ...about: string[]
): void {
  accuse(rule, `${task.name} at ${place}: ${what}`, [place, ...about]);
}
