import type { Truth } from './expected.ts';

/** A row as the table holds it. */
export interface Row {
  partitionKey: string;
  rowKey: string;
  state: string;
  code: string;
  stands: string;
  uid: string;
  resourceVersion: string;
  sources: string | undefined;
  deliveredAt: Date | undefined;
}

interface Dates {
  /** When the stages before ended, ms. */
  ends: readonly number[];
  /** When the rows were lost, ms. */
  lostAt?: number | undefined;
}

/** What rows say that is not so. */
export function untrueRows(rows: readonly Row[], truths: readonly Truth[], dates: Dates): string[] {
  const byPlace = new Map(rows.map((row) => [`${row.partitionKey}/${row.rowKey}`, row]));
  const untrue = truths.flatMap((truth) => {
    const { cluster, namespace, name } = truth.goal;
    const place = `${cluster}/${namespace}:${name}`;
    const row = byPlace.get(place);
    byPlace.delete(place);
    return judged(row, truth, dates).map((what) => `row ${place}: ${what}`);
  });
  const others = [...byPlace.keys()].filter((place) => !place.startsWith('-/'));
  return [...untrue, ...others.map((place) => `row ${place}: nobody wants such a target`)];
}

function judged(row: Row | undefined, truth: Truth, dates: Dates): string[] {
  if (row === undefined)
    return truth.said?.mayBeUnsaid === false ? [`missing; it is ${truth.said.state}`] : [];
  if (truth.said === undefined) return [`says ${row.state}; there is nothing to say`];
  return [...stateOf(row, truth), ...standsOf(row, truth), ...deliveryOf(row, truth, dates)];
}

function stateOf({ state, code }: Row, { said }: Truth): string[] {
  if (state === said?.state && said?.reasons.includes(code) === true) return [];
  return [`says ${state} ${code}; it is ${said?.state} ${said?.reasons.join(' or ')}`];
}

function standsOf(row: Row, { goal, target }: Truth): string[] {
  const stands = target.live === 'ours' ? 'yes' : 'no';
  const said = row.stands === 'unknown' && goal.trouble !== undefined ? stands : row.stands;
  const wrong = said === stands ? [] : [`says stands: ${row.stands}; ${stands} is true`];
  const recorded = versionsIn(row.sources ?? '');
  // Of a Secret that is gone, or no more ours, the row remembers what stood there.
  const sources = target.live === 'ours' ? untrueSources(recorded, { goal, target }) : [];
  return [...wrong, ...sources.map((name) => `says that ${name} stands as ${recorded.get(name)}`)];
}

/** The sources whose recorded version is not the one whose value stands; what no key shows is not judged. */
function untrueSources(
  recorded: ReadonlyMap<string, string>,
  { goal, target }: Pick<Truth, 'goal' | 'target'>,
): string[] {
  return Object.entries(goal.keys).flatMap(([key, { secret }]) => {
    const [version, standing = []] = [recorded.get(secret), target.standing[key]];
    const isTrue = version === undefined ? standing.length === 0 : standing.includes(version);
    return isTrue ? [] : [secret];
  });
}

/** `vault/name@version:created`, comma-separated. */
function versionsIn(sources: string): Map<string, string> {
  const entries = [...sources.matchAll(/[^/,]+\/([^@,]+)@([0-9a-f]+):\d+/g)];
  return new Map(entries.map(([, name = '', version = '']) => [name, version]));
}

/** The Secret that stands there, and when it was written: not before its request, and not after the stage of that. */
function deliveryOf(row: Row, { target }: Truth, dates: Dates): string[] {
  if (target.live !== 'ours') return [];
  return [...(row.state === 'synced' ? identityOf(row, target) : []), ...dateOf(row, target, dates)];
}

function identityOf(row: Row, { uid, resourceVersion }: Truth['target']): string[] {
  if (row.uid === uid && row.resourceVersion === resourceVersion) return [];
  return [`speaks of ${row.uid} at ${row.resourceVersion}; there is ${uid} at ${resourceVersion}`];
}

function dateOf(row: Row, { writtenAt = Infinity }: Truth['target'], { ends, lostAt = 0 }: Dates): string[] {
  const at = row.deliveredAt?.getTime() ?? 0;
  if (at === 0 && writtenAt < lostAt) return [];
  const end = ends.find((one) => one >= writtenAt) ?? Infinity;
  return at >= writtenAt && at <= end ? [] : [`says written at ${at}; it was at ${writtenAt}`];
}
