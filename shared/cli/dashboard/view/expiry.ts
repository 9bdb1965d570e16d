import { parseProvenance } from '../../../source/provenance.ts';
import { knownExpiries } from '../../../status/expiry.ts';
import type { TargetStatus } from '../../../status/target.ts';
import type { ExpiringSecret, ExpiryView } from '../views.ts';
import { seenOf } from './seen.ts';
import { clusterNames, once, partitionOf, type World } from './world.ts';

const DAYS = 90;
const DAY_MS = 24 * 3_600_000;

/** What expires within the next 90 days, or has already, by the rows of its targets. */
export function expiryView(world: World, now: number): ExpiryView {
  const until = new Date(now + DAYS * DAY_MS).toISOString();
  const items = expiringIn(world).filter(({ expires }) => expires <= until);
  return {
    kind: 'Expiry',
    metadata: { ...seenOf(world, now), from: new Date(now).toISOString(), days: DAYS },
    items,
  };
}

/** Everything with a date, the soonest first. Of two versions in two clusters each has its own. */
const expiringIn = once((world: World): ExpiringSecret[] => {
  const all = new Map<string, ExpiringSecret>();
  for (const cluster of clusterNames(world))
    for (const [key, one] of datesOf(partitionOf(world, cluster).rows)) {
      const before = all.get(key);
      all.set(key, before === undefined ? one : { ...before, targets: before.targets + one.targets });
    }
  return [...all.values()].toSorted((a, b) => (a.expires < b.expires ? -1 : 1));
});

const datesOf = once((rows: readonly TargetStatus[]): ReadonlyMap<string, ExpiringSecret> => {
  const dates = new Map<string, ExpiringSecret>();
  for (const row of rows) {
    const { vault } = parseProvenance(row.expires === '' ? '' : row.sources);
    for (const [name, seconds] of knownExpiries(row.expires)) {
      const expires = new Date(seconds * 1000).toISOString();
      const key = `${vault}/${name} ${expires}`;
      dates.set(key, { vault, name, expires, targets: (dates.get(key)?.targets ?? 0) + 1 });
    }
  }
  return dates;
});
