import type { SecretVersion } from '../../../local/key-vault/state.ts';
import type { Universe } from '../world/shape.ts';
import { type Bench, type Change, type Written, wrong } from './bench.ts';
import { numberOf } from './secrets.ts';

/** While a Secret lives, no source of it goes back to an older version, unless it may. */
export function judgeOrder(bench: Bench, change: Change, uid: string, source: string, version: number): void {
  const { written, universe } = bench;
  const id = `${change.cluster} ${uid} ${source}`;
  const last = written.get(id);
  if (last !== undefined && version < last.number && !mayGoBack(change, source, version, last, bench))
    wrong(bench, 'order', change, `${source} went back from version ${last.number} to ${version}`, source);
  if (Number.isNaN(version) || version > MOST_VERSIONS) written.delete(id);
  else written.set(id, { number: version, ms: universe.time.now() });
}

/** What is recorded beyond is forged. */
const MOST_VERSIONS = 1e6;
const DAY_MS = 24 * 3_600_000;
/** Clocks differ by less. */
const TOLERANCE_MS = 5 * 60_000;

/** A vault that was restored may go back: after a day, when a person says so, or where the dates tell no order. */
function mayGoBack(
  { judged, task, place }: Change,
  source: string,
  version: number,
  last: Written,
  { universe, reads }: Bench,
): boolean {
  const { acceptOlder } = (task.message ?? {}) as { acceptOlder?: boolean };
  const dayAgo = universe.time.now() - DAY_MS + TOLERANCE_MS;
  // Of a newer version that was there and gone between two looks nobody can know: no look was without an older one.
  const isLongSeen = reads.olderSince(place, source, last.number) <= dayAgo;
  return judged.some(({ moment }) => {
    const secret = moment.vault.get(source);
    if (secret === undefined || secret.restored === 0) return false;
    const isOld = secret.restored <= dayAgo || isLongSeen;
    const isOfOneSecond = isTwin(secret.latest, last.number, universe, source);
    return numberOf(secret.latest?.version) >= version && (isOld || acceptOlder === true || isOfOneSecond);
  });
}

/** Whether the version of that number is of the same second: of the two no reader can know which is the later one. */
function isTwin(
  left: SecretVersion | undefined,
  number: number,
  { history }: Universe,
  source: string,
): boolean {
  return history.moments.some(({ vault }) => {
    const other = vault.get(source)?.latest;
    return other?.created === left?.created && numberOf(other?.version) === number;
  });
}
