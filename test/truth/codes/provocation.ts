import type { LogLine } from '../../local/stack/log.ts';
import type { Lab } from './lab.ts';

/** How a code comes about, by what people, the vault, clusters and storage do, and how it goes again. */
export interface Provocation {
  /** For the table. */
  how: string;
  /** Of its namespace; undefined: the namespace accepts what its route sends; false: there is no namespace. */
  accept?: string | false;
  /** A cluster of its own, which fails; default: one that all others use. */
  cluster?: string;
  /** Of its route; false: there is none. */
  spec?: Record<string, unknown> | false;
  provoke: (lab: Lab) => unknown;
  /** What its line names; default: its target. */
  line?: (lab: Lab) => Partial<LogLine>;
  /** What the commands under Confirm must show. */
  shows?: RegExp;
  /** Which problem people see, by its name; its reason is the code. */
  problem?: (lab: Lab) => string;
  /** What the entry says under Fix, done. Codes that need nobody have none. */
  fix?: (lab: Lab) => unknown;
  /** What is so after the fix; default: the target is synced. */
  well?: (lab: Lab) => unknown;
}

/** Why no fault of what lies outside brings a code about. */
export interface Unprovoked {
  why: string;
}

export const ofTarget = ({ cluster, name }: Lab): string => `target:${cluster}:${name}:pg`;
export const ofSecret = ({ secret }: Lab): Partial<LogLine> => ({ secret });

export const push = (lab: Lab): unknown => lab.vaultcast('push', lab.secret);
/** The next run, as far as the code is concerned. */
export const nextRun = (lab: Lab): unknown =>
  lab.vaultcast('reconcile', '--cluster', lab.cluster, '--route', lab.name);
