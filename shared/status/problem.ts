import type { Code } from '../errors.ts';
import type { SecretRef, TargetRef } from '../names.ts';
import type { BadRow } from '../registry/document.ts';
import { ackOf, blankRow, NO_CLUSTER, type TargetStatus } from './target.ts';
import { rowText } from './text.ts';

/** Something that is wrong and is no target's: a row of partition `-`, kept until somebody finds it mended. */
export interface Problem {
  /** `kind:about`, such as `vault:team` or `namespace:weu-1:app-1`. */
  id: string;
  code: Code;
  message: string;
}

/**
 * The kinds of problems. `cluster`: it is about a cluster, and forgotten with it; `whole`: only a look at all routes of the
 * cluster finds it, and finds it mended.
 */
const KINDS = {
  row: { cluster: false, whole: false },
  registry: { cluster: false, whole: false },
  vault: { cluster: false, whole: false },
  secret: { cluster: false, whole: false },
  message: { cluster: false, whole: false },
  setting: { cluster: false, whole: false },
  cluster: { cluster: true, whole: false },
  namespace: { cluster: true, whole: false },
  collision: { cluster: true, whole: true },
  removals: { cluster: true, whole: true },
  stranded: { cluster: true, whole: true },
} as const satisfies Record<string, { cluster: boolean; whole: boolean }>;

type Kind = keyof typeof KINDS;

function idOf(kind: Kind, ...about: string[]): string {
  return [kind, ...about].join(':');
}

/** What a problem's row is about; `kind` is undefined for one that an earlier release wrote. */
export function subjectOf(id: string) {
  const [first = '', about = '', ...rest] = id.split(':');
  const kind = Object.hasOwn(KINDS, first) ? (first as Kind) : undefined;
  const columns = kind === undefined ? { cluster: false, whole: false } : KINDS[kind];
  return { kind, about, rest: rest.join(':'), ofCluster: columns.cluster, ofWhole: columns.whole };
}

/** What a table takes in no key of its own; names of bad rows come from a table and may be written by anyone. */
const FORBIDDEN_IN_KEYS = /[/\\#?%+\p{Cc}]/gu;
const NAME_MAX = 250;

function keyOf(name: string): string {
  return name.slice(0, NAME_MAX).replace(FORBIDDEN_IN_KEYS, '_').toWellFormed();
}

/** `about`: a setting, or a document that asks for what settings do not allow. */
export function settingProblem(about: string, message: string): Problem {
  return { id: idOf('setting', keyOf(about)), code: 'BAD_SETTING', message: `${about}: ${message}` };
}

export function badRowProblem({ kind, name, message }: BadRow): Problem {
  return { id: idOf('row', kind, keyOf(name)), code: 'BAD_ROW', message: `${kind} ${name}: ${message}` };
}

export function vaultProblem(vault: string, code: Code, message: string): Problem {
  return { id: idOf('vault', vault), code, message };
}

export function clusterProblem(cluster: string, code: Code, message: string): Problem {
  return { id: idOf('cluster', cluster), code, message };
}

export function namespaceProblem(cluster: string, namespace: string, code: Code, message: string): Problem {
  const text = `namespace ${namespace} of cluster ${cluster}: ${message}`;
  return { id: idOf('namespace', cluster, namespace), code, message: text };
}

export function strandedProblem(cluster: string, orphans: number): Problem {
  const message = `no route selects cluster ${cluster} any more, which still holds ${orphans} Secrets`;
  return { id: idOf('stranded', cluster), code: 'ORPHANED', message };
}

export function heldProblem(cluster: string, held: number): Problem {
  const message = `${held} removals in cluster ${cluster} wait for a person; vaultcast get runs names the run to confirm`;
  return { id: idOf('removals', cluster), code: 'REMOVAL_HELD', message };
}

const SHOWN = 5;

/** One problem per owner: a route that is shadowed as a whole must not fill the table. */
export function collisionProblem(cluster: string, owner: string, messages: readonly string[]): Problem {
  const more = messages.length > SHOWN ? [`and ${messages.length - SHOWN} more`] : [];
  const message = [...[...messages].sort().slice(0, SHOWN), ...more].join('; ');
  return { id: idOf('collision', cluster, owner), code: 'COLLISION', message };
}

/** A table `Clusters` that was filled and is empty. */
export const EMPTIED: Problem = {
  id: idOf('registry', 'Clusters'),
  code: 'REMOVAL_HELD',
  message: 'table Clusters lists no cluster any more: nothing is looked at, and nothing is removed',
};

/** The place of a problem that concerns a secret and no target in particular. */
export function secretProblem({ vault, name }: SecretRef): TargetRef {
  return { cluster: NO_CLUSTER, namespace: 'secret', name: `${vault}:${name}` };
}

/** The place of a problem that concerns a cluster as a whole. */
export function clusterPlace(cluster: string): TargetRef {
  return { cluster: NO_CLUSTER, namespace: 'cluster', name: cluster };
}

/** The place of messages that nobody can read; `about` may come out of one. */
export function messageProblem(about: string): TargetRef {
  return { cluster: NO_CLUSTER, namespace: 'message', name: keyOf(about) };
}

/** The row of a problem; one that stands with the same code keeps its date. `now` in ms. */
export function problemRecord(
  { id, code, message }: Problem,
  before: TargetStatus | undefined,
  { run, now }: { run: string; now: number },
): TargetStatus {
  const since = before?.code === code ? before.since : now;
  const row = blankRow({ cluster: NO_CLUSTER, id, state: 'problem', code, message: rowText(message), since });
  return { ...row, cause: run, ack: ackOf(before) };
}
