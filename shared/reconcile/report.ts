import type { Ports } from '../ports.ts';
import type { Shard } from '../retry/message.ts';
import { selectsCluster } from '../route/targets.ts';
import { linesOf, targetNames } from '../status/log-line.ts';
import { isUnfinished, type Outcome } from '../status/outcome.ts';
import { badRowProblem } from '../status/problem.ts';
import { countCodes, type RunStatus } from '../status/run.ts';
import { refOf, rowId, type TargetStatus } from '../status/target.ts';
import type { Plan } from './plan.ts';
import { idsOf, type Recorded } from './rows.ts';
import type { ClusterSnapshot } from './snapshot.ts';

type Log = Ports['log'];

/** What a run did with one cluster: one entry per target it looked into, and what people should know besides. */
interface ClusterRun {
  snapshot: ClusterSnapshot;
  plan: Plan;
  delivered: readonly Recorded[];
  refused: readonly Recorded[];
  orphans: readonly Told[];
  /** What the rows come to afterwards; a plan leaves them as they are. */
  summary: RunStatus['summary'];
  /** What the next run may compare itself to. */
  quiet: RunStatus['quiet'];
}

/**
 * The lines of one cluster: what was done, what is new, and what still fails. A refusal that stands as it stood says
 * nothing more; the states of a source are told once, however many targets it feeds.
 */
export function logCluster({ run }: Shard, did: ClusterRun, log: Log): void {
  const cluster = did.snapshot.cluster.metadata.name;
  const said = new Set<string>();
  for (const one of [...did.delivered, ...did.refused]) logTarget(one, run, said, log);
  for (const { code, message, ref } of did.orphans)
    if (code !== 'ORPHANED' || did.snapshot.rows.get(rowId(ref))?.state !== 'orphaned')
      log.line({ code, message, ...ref, runId: run });
  const held = did.plan.removals.held.size;
  if (held === 0) return;
  const confirm = `vaultcast reconcile --cluster ${cluster} --confirm-removals ${run}`;
  log.line({ code: 'REMOVAL_HELD', message: `${held} removals wait for: ${confirm}`, cluster, runId: run });
}

function logTarget(
  { outcome, isNews, notes, tookMs }: Recorded,
  runId: string,
  said: Set<string>,
  log: Log,
): void {
  const { code, message, target } = outcome;
  const names = { ...targetNames(target), runId };
  if (isNews || isUnfinished(outcome) || code === 'PLANNED')
    for (const line of linesOf(outcome, { code, message, ...names, durationMs: tookMs }, undefined))
      log.line(line);
  for (const note of notes) {
    if (note.secret === undefined || !said.has(note.message)) log.line({ ...note, runId });
    said.add(note.message);
  }
}

/** Nobody expects a run at a cluster that is paused, or registered no more. */
function isMeant({ counts }: RunStatus): boolean {
  return 'PAUSED' in counts || 'NO_ROUTE' in counts;
}

export function logEnd(row: RunStatus, notices: readonly string[], finishedAt: number, log: Log): void {
  const names = { cluster: row.cluster, runId: row.run, durationMs: finishedAt - row.startedAt };
  const what = `${row.kind === 'plan' ? 'plan of ' : ''}${row.total} targets, ${JSON.stringify(row.counts)}`;
  const message = [what, ...notices].join('; ');
  if (row.state === 'done') log.line({ code: 'RUN_DONE', message, ...names });
  if (row.state === 'incomplete') log.line({ code: 'RUN_INCOMPLETE', message, ...names });
  if (row.state === 'failed' && !isMeant(row))
    log.line({
      code: 'RUN_INCOMPLETE',
      message: ['nothing was looked at', ...row.lines].join('; '),
      ...names,
    });
  if (row.state === 'superseded')
    log.line({ code: 'SUPERSEDED', message: 'a newer run looks at this cluster', ...names });
}

/** What a run did not look at although it should have, and why. */
function unseenIn({ snapshot, delivered }: ClusterRun, route: string): string[] {
  const { cluster, routes, failures, unlisted, bad } = snapshot;
  const mine = routes.filter(
    (one) => selectsCluster(one, cluster) && (route === '' || one.metadata.name === route),
  );
  const vaults = new Set(mine.map(({ spec }) => spec.vault));
  const late = delivered.filter(({ outcome }) => outcome.code === 'OUT_OF_TIME').length;
  return [
    ...[...failures].flatMap(([vault, { code, message }]) =>
      vaults.has(vault) ? [`vault ${vault} was not listed: ${code}: ${message}`] : [],
    ),
    ...[...unlisted].map(
      ([namespace, { code, message }]) => `namespace ${namespace} was not listed: ${code}: ${message}`,
    ),
    ...bad
      .filter(({ kind }) => kind === 'Route')
      .map((row) => `not looked at: ${badRowProblem(row).message}`),
    ...(late > 0 ? [`${late} targets were left to the next run: the time was over`] : []),
  ];
}

/** What a run found lost, as after a table or a cluster was restored: it brings that back by itself, and says so. */
function foundLost({ snapshot: { live, rows, unlisted }, plan }: ClusterRun): string[] {
  const forgotten = new Set(plan.forget);
  const unknown = [...live.keys()].filter((id) => !rows.has(id));
  const gone = [...rows.values()].filter(
    (row) =>
      row.uid !== '' &&
      live.get(row.id)?.uid !== row.uid &&
      !forgotten.has(row) &&
      !unlisted.has(refOf(row).namespace),
  );
  return [
    ...(unknown.length > 0 ? [`${unknown.length} managed Secrets had no row and were looked at anew`] : []),
    ...(gone.length > 0 ? [`${gone.length} Secrets that stood here before are gone or were made anew`] : []),
  ];
}

/** How many lines a run keeps for people; the log has them all. */
const MOST_LINES = 200;

/** What people should know of a run before they read its lines. */
export function noticesOf(did: ClusterRun, { scope }: Pick<RunStatus, 'scope'>): string[] {
  return [...unseenIn(did, scope), ...foundLost(did)];
}

/** The row of a run that went through its cluster. */
export function endedRow(row: RunStatus, did: ClusterRun): RunStatus {
  const { left, removals } = did.plan;
  const told = [...toldOf(did), ...did.orphans];
  const counts = countCodes([...told, ...left.map((code) => ({ code }))]);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    ...row,
    state: unseenIn(did, row.scope).length > 0 ? 'incomplete' : 'done',
    done: total,
    total,
    summary: did.summary,
    quiet: did.quiet,
    counts: removals.held.size > 0 ? { ...counts, REMOVAL_HELD: removals.held.size } : counts,
    lines: [...noticesOf(did, row), ...textOf([...told, ...standingOf(did, row.scope)])].slice(0, MOST_LINES),
  };
}

/** The row of a run that found all as an earlier one did, and so comes to the same. */
export function unchangedRow(
  row: RunStatus,
  { done, total, counts, lines, summary, quiet }: RunStatus,
): RunStatus {
  return { ...row, state: 'done', done, total, counts, lines, summary, quiet };
}

export function unchangedNotice({ quiet, run }: RunStatus): string {
  return `nothing changed since run ${quiet?.run ?? run}`;
}

/** What is told of one target. */
type Told = Pick<Outcome, 'code' | 'message'> & Pick<Outcome['target'], 'ref'>;

/** What people want to read of a run: everything but that nothing had to be done. */
function textOf(told: readonly Told[]): string[] {
  return told
    .filter(({ code }) => code !== 'UNCHANGED')
    .slice(0, MOST_LINES)
    .map(({ code, message, ref }) => `${code} ${ref.namespace}/${ref.name}: ${message}`);
}

/** A target that is up to date but for a source is told, and counted, by that source: as by runs that leave it as it is. */
function toldOf({ delivered, refused, plan }: ClusterRun): Told[] {
  const looked = [...delivered, ...refused].map(({ outcome: { code, message, target }, degraded }) => ({
    code,
    message,
    ref: target.ref,
    ...(code === 'PLANNED' ? {} : degraded),
  }));
  return [
    ...looked,
    ...plan.collisions.map(({ code, message, target: { ref } }) => ({ code, message, ref })),
  ];
}

/** What still waits for a person at targets that the run left as they are, for nothing changed. */
function standingOf({ snapshot, delivered, refused }: ClusterRun, scope: string): Told[] {
  const { rows, routes, failures } = snapshot;
  const lookedInto = idsOf([...delivered, ...refused]);
  const seen = new Set(
    routes
      .filter(({ metadata, spec }) => !failures.has(spec.vault) && (scope === '' || metadata.name === scope))
      .map(({ metadata }) => metadata.name),
  );
  return [...rows.values()]
    .filter(({ id, state, route }) => STANDING.has(state) && seen.has(route) && !lookedInto.has(id))
    .map((row) => ({ code: row.code, message: row.message, ref: refOf(row) }));
}

const STANDING: ReadonlySet<TargetStatus['state']> = new Set(['degraded', 'refused']);
