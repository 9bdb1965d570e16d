import type { BadRow } from '../registry/document.ts';
import { parseProvenance } from '../source/provenance.ts';
import { badRowProblem, subjectOf } from '../status/problem.ts';
import { blankRow, NO_CLUSTER, refOf, type TargetStatus } from '../status/target.ts';
import { adviceOn } from './advice.ts';
import { API_VERSION, present, textOrNone } from './fields.ts';
import type { Output } from './json-schema.ts';
import { isStuck, standingOf, targetDocument } from './target.ts';

/** Everything that problems are read from. Rows of partition `-` are among `rows`. */
interface Found {
  rows: readonly TargetStatus[];
  /** Rows of the registry that are not valid, as they are now. */
  bad: readonly BadRow[];
  /** Clusters in back-off: how often they failed in a row, the next try (ms), and why, as `CODE: message`. */
  backOffs: ReadonlyMap<string, { failures: number; nextTry: number; cause?: string | undefined }>;
}

/** What is wrong anywhere: targets that are stuck, and what has no target. The same thing is told once. */
export function problemsOf({ rows, bad, backOffs }: Found): Output<'Problem'>[] {
  const stuck = rows.filter(isStuck);
  const told = new Set(stuck.map(({ id }) => id));
  const invalid = bad.map(badRowProblem).filter(({ id }) => !told.has(id));
  const failing = [...backOffs].filter(([cluster]) => !told.has(`cluster:${cluster}`));
  return [
    ...stuck.map((row) => withNextTry(problemDocument(row), backOffs)),
    ...invalid.map(({ id, code, message }) => problemDocument(rowOf(id, code, message))),
    ...failing.map(([cluster, { failures, nextTry, cause }]) => {
      const why = cause === undefined ? '' : `; the last time: ${cause}`;
      const message = `it failed ${failures} times in a row${why}`;
      const row = rowOf(`cluster:${cluster}`, 'CLUSTER_BACKOFF', message);
      return problemDocument({ ...row, attempts: failures, nextRetry: nextTry });
    }),
  ];
}

function rowOf(id: string, code: TargetStatus['code'], message: string): TargetStatus {
  return blankRow({ cluster: NO_CLUSTER, id, state: 'problem', code, message, since: 0 });
}

/** The row of a cluster says why it fails; its back-off how often, and when it is tried next. */
function withNextTry(problem: Output<'Problem'>, backOffs: Found['backOffs']): Output<'Problem'> {
  const { about, cluster = '' } = problem.spec;
  const backOff = about === 'cluster' ? backOffs.get(cluster) : undefined;
  if (backOff === undefined) return problem;
  const { failures, nextTry } = backOff;
  const nextRetry = new Date(nextTry).toISOString();
  return { ...problem, status: { ...problem.status, attempts: failures, nextRetry } };
}

function problemDocument(row: TargetStatus): Output<'Problem'> {
  const name = row.cluster === NO_CLUSTER ? row.id : `target:${row.cluster}:${row.id}`;
  const head = { apiVersion: API_VERSION, kind: 'Problem', metadata: { name } } as const;
  if (row.cluster !== NO_CLUSTER) {
    const { metadata, spec, status } = targetDocument(row);
    const {
      stands: _s,
      deliveredAt: _d,
      lookedAt: _l,
      uid: _u,
      resourceVersion: _r,
      deliveries: _c,
      sources,
      ...standing
    } = status;
    const secret = sources[0]?.name;
    return {
      ...head,
      spec: { about: 'target', ...metadata, ...spec, ...present({ secret }) },
      status: standing,
    };
  }
  const spec = subjectFields(row);
  const known = { ...spec, run: row.cause, problem: `'${name}'` };
  return { ...head, spec, status: standingOf(row, adviceOn(row, known)) };
}

/** What a problem without a target is about, by its kind. */
function subjectFields({ id }: TargetStatus): Output<'Problem'>['spec'] {
  const { kind = 'other', about, rest, ofCluster } = subjectOf(id);
  switch (kind) {
    case 'collision':
      return { about: kind, cluster: about, ...present({ route: textOrNone(rest) }) };
    case 'namespace':
      return { about: kind, cluster: about, namespace: rest };
    case 'vault':
      return { about: kind, vault: about };
    case 'secret':
      return { about: kind, vault: about, secret: rest };
    case 'row':
      return { about: kind, ...(about === 'Route' ? { route: rest } : { cluster: rest }) };
    default:
      return ofCluster ? { about: kind, cluster: about } : { about: kind, name: nameIn(about, rest) };
  }
}

function nameIn(about: string, rest: string): string {
  return [about, rest].filter((part) => part !== '').join(':') || 'app';
}

/** Secrets that a row of a target speaks of: those that stand in it. */
export function secretsOf(row: TargetStatus): ReadonlySet<string> {
  return new Set(parseProvenance(row.sources).sources.keys());
}

/** `app-1/pg`; of what has no target, what it is about: `secret team/app-1--pg--password`. */
export function subjectText({ spec }: Pick<Output<'Problem'>, 'spec'>): string {
  const { about, cluster, namespace, name, route, vault, secret } = spec;
  if (about === 'target') return `${namespace}/${name}`;
  const names = [vault, secret, cluster, namespace, route, name].filter((word) => word !== undefined);
  return `${about} ${names.join('/')}`.trim();
}

/** Where a target is, as rows of tables have it. */
export function targetText(row: Pick<TargetStatus, 'cluster' | 'id'>): string {
  const { namespace, name } = refOf(row);
  return name === '' ? namespace : `${namespace}/${name}`;
}
