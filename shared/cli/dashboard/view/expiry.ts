import { isoTime } from '../../../output/fields.ts';
import { perObject } from '../../../remember.ts';
import { parseProvenance } from '../../../source/provenance.ts';
import { knownExpiries } from '../../../status/expiry.ts';
import type { TargetStatus } from '../../../status/target.ts';
import type { Views } from '../views.ts';
import { seenOf } from './seen.ts';
import { overClusters, type World } from './world.ts';

const DAYS = 90;
const DAY_MS = 24 * 3_600_000;

/** What expires within the next 90 days, or has already, by the rows of its targets. */
export function expiryView(world: World, now: number): Views['expiry'] {
  const until = new Date(now + DAYS * DAY_MS).toISOString();
  const items = sorted(datesIn(world)).filter(({ expires }) => expires <= until);
  return {
    kind: 'Expiry',
    metadata: { ...seenOf(world, now), from: new Date(now).toISOString(), days: DAYS },
    items,
  };
}

type Expiring = Views['expiry']['items'][number];

type Dates = ReadonlyMap<string, Expiring>;

/** Everything with a date. Of two versions in two clusters each has its own. */
export const datesIn = overClusters(datesOf, mergedDates);

/** The soonest first. */
const sorted = perObject((dates: Dates): readonly Expiring[] =>
  [...dates.values()].toSorted((a, b) => (a.expires < b.expires ? -1 : 1)),
);

function datesOf(rows: readonly TargetStatus[]): Dates {
  const dates = new Map<string, Expiring>();
  for (const row of rows) {
    const { vault } = parseProvenance(row.expires === '' ? '' : row.sources);
    for (const [name, seconds] of knownExpiries(row.expires)) {
      const expires = isoTime(seconds * 1000);
      if (expires !== undefined) add(dates, { vault, name, expires, targets: 1 });
    }
  }
  return dates;
}

function mergedDates(parts: readonly Dates[]): Dates {
  const dates = new Map<string, Expiring>();
  for (const part of parts) for (const one of part.values()) add(dates, one);
  return dates;
}

function add(dates: Map<string, Expiring>, more: Expiring): void {
  const key = `${more.vault}/${more.name} ${more.expires}`;
  dates.set(key, { ...more, targets: (dates.get(key)?.targets ?? 0) + more.targets });
}
