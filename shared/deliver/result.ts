import type { Code } from '../errors.ts';
import type { Source, SourceStatus } from '../source/usable.ts';
import type { Claim } from '../route/targets.ts';

/** A target to bring up to date, and the secret because of which (undefined in a reconcile: all its sources count). */
export interface Work {
  claim: Claim;
  source: string | undefined;
  /** The sources that a reconcile's listing gives for the target. */
  listed?: readonly string[];
}

/** What became of one target. Every target of a delivery gets exactly one. */
export interface Result {
  work: Work;
  code: Code;
  message: string;
  retryAfterMs?: number;
  /** The Secret as it stands now, when it is ours. */
  identity?: { uid: string; resourceVersion: string };
  /** Version of the work's own source that stands in the Secret. */
  version?: string;
  /** As recorded on the Secret. */
  sources?: string;
  /** What was learnt of each source that feeds the target: no value is held longer than the push. */
  gathered?: ReadonlyMap<string, SourceStatus>;
  /** Sources of the target that the namespace does not accept. */
  unaccepted?: readonly string[];
  /** Keys that left with this write because their source is gone and the route asks for it. */
  removed?: readonly string[];
  /** Keys whose route or consent is gone: they left with this write, or leave with the next. */
  left?: readonly string[];
  /** The Secret was absent before: its sources must be read once more, for absence has no version to write against. */
  created?: boolean;
}

/** How long observations are waited for. */
export interface Pace {
  /** The first wave reads its sources when all have answered, or this long after the first answer. */
  gateMs: number;
  /** Targets that answer later than this fail for now. */
  observationMs: number;
}

/** An event is in a hurry: fast clusters do not wait for slow ones, and what is late goes to the queue. */
export const EVENT_PACE: Pace = { gateMs: 200, observationMs: 2000 };

/** What steers a delivery, besides the world. */
export interface Terms {
  pace: Pace;
  /** This deployment's name: it stands on every Secret it owns. */
  instance: string;
  /** Targets worked on at once. */
  concurrency: number;
  /** Decide everything, write nothing. */
  dryRun?: boolean;
  /** A person accepts that the vault's latest version is older than the one delivered. */
  acceptOlder: boolean;
  /** Whether this very reason of a source to leave a target was seen in two runs. */
  removalProven(work: Work, source: string, reason: Source['state']): boolean;
}
