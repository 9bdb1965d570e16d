import type { Code } from '../errors.ts';

/**
 * - `current`: the Secret was as it should be when last looked at
 * - `waiting`: a retry is under way
 * - `refused`: a person must act; looked at again by every run that sees a change
 * - `problem`: given up, or a problem that has no target
 * - `orphaned`: managed, but no route wants it any more
 */
export type RowState = 'current' | 'waiting' | 'refused' | 'problem' | 'orphaned';

/** The partition of problems that have no target: a secret, a message, a registry row. */
export const NO_CLUSTER = '-';

/** One row of `Targets`: PartitionKey `cluster`, RowKey `id`. Never a value, nor a hash of one. */
export interface TargetStatus {
  cluster: string;
  /** `namespace:name` of the target; in partition `-` what the problem is about, such as `secret:team:app-1--pg--password`. */
  id: string;
  state: RowState;
  code: Code;
  message: string;
  route: string;
  uid: string;
  resourceVersion: string;
  /** What the target was computed from, without values; see report/fingerprint.ts. */
  fingerprint: string;
  /** As on the Secret: `vault/name@version:created`, comma-separated. */
  sources: string;
  /** When `state` and `code` became what they are, ms since the epoch. */
  since: number;
  attempts: number;
  /** The event, run or command of the last attempt. */
  cause: string;
  /** Key Vault's clock at the oldest read behind this row, Unix seconds; 0 when nothing was read. */
  readAt: number;
  /** Proof of a removal in the making: reason, the run that first saw it and when (ms); empty when there is none. */
  removal: string;
}

/** One row of `Runs`: PartitionKey `cluster`, RowKey sorts newest first. Also holds the results of commands. */
export interface RunStatus {
  cluster: string;
  run: string;
  kind: 'reconcile' | 'plan' | 'push' | 'check';
  /** The route a run was limited to; empty: the whole cluster. */
  scope: string;
  state: 'running' | 'done' | 'failed' | 'superseded';
  startedAt: number;
  /** 0 while it runs. */
  finishedAt: number;
  /** Targets looked at so far, and in all; both 0 before the listing ends. */
  done: number;
  total: number;
  /** Outcomes by code. */
  counts: Readonly<Record<string, number>>;
  /** For people: one line per noteworthy outcome, at most 200. */
  lines: readonly string[];
}
