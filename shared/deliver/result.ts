import type { Code } from '../errors.ts';
import type { Gathered } from '../read/usable.ts';
import type { Claim } from '../route/claims.ts';

/** A target to bring up to date, and the secret because of which (undefined in a reconcile: all its sources count). */
export interface Work {
  claim: Claim;
  source: string | undefined;
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
  /** What was learnt of each source that feeds the target. */
  gathered?: ReadonlyMap<string, Gathered>;
  /** Sources of the target that the namespace does not accept. */
  unaccepted?: readonly string[];
  /** The Secret was absent before: its sources must be read once more, for absence has no version to write against. */
  created?: boolean;
}

/** What steers a delivery, besides the world. */
export interface Terms {
  /** This deployment's name: it stands on every Secret it owns. */
  instance: string;
  /** Targets worked on at once. */
  concurrency: number;
  /** A person accepts that the vault's latest version is older than the one delivered. */
  acceptOlder: boolean;
  /** Whether a source's reason to leave a target was seen in two runs. */
  removalProven(work: Work, source: string): boolean;
}
