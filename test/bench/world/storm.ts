import { setTimeout as sleep } from 'node:timers/promises';
import { sum } from '../report/numbers.ts';
import { blaming, byCode } from './app.ts';
import { type Fate, send } from './event-grid.ts';
import { expectedOf, type Fed, valuesOf } from './fixtures.ts';
import { cpuSeconds, peakMiB, resetPeak } from './usage.ts';
import type { World } from './world.ts';

const LOOK_MS = 500;
/** What is not delivered by then never is. */
const GIVE_UP_MS = 15 * 60_000;

/** How a storm went. */
export interface Stormed {
  fates: Fate[];
  deliveredMs: number;
  /** Outcomes by their code. */
  blamed: Readonly<Record<string, number>>;
  /** Of API servers and of storage, at worst. */
  late: { clustersMs: number; storageMs: number };
  lookedAgain: number;
  cpuSeconds: number;
  /** Of the rows that were written, in one request; the requests of other tables are left out. */
  rowsPerWrite: number;
  peakMiB: number;
}

/** Ms until all Secrets hold the last value of their secret. */
async function untilDelivered(
  world: World,
  names: readonly string[],
  last: ReadonlyMap<Fed, string>,
): Promise<number> {
  const from = performance.now();
  const expected = [...last].flatMap(([fed, value]) => expectedOf(names, [fed], value));
  const before = await world.clusters.writes();
  while (performance.now() - from < GIVE_UP_MS) {
    await sleep(LOOK_MS);
    // Looking at each of them costs the API servers time: only when as many were written as must be.
    const written = (await world.clusters.writes()) - before;
    if (written >= expected.length && (await world.clusters.missing(expected)) === 0)
      return performance.now() - from;
  }
  return Infinity;
}

async function latenessOf({ clusters, storage }: World): Promise<Stormed['late']> {
  const [clustersMs, storageMs] = await Promise.all([clusters.lateness(), storage.lateness()]);
  return { clustersMs, storageMs };
}

/** New versions of all of them, and all their events at once. */
export async function storm(
  world: World,
  names: readonly string[],
  events: readonly Fed[],
  round: string,
): Promise<Stormed> {
  const last = new Map<Fed, string>();
  const bodies: unknown[] = [];
  for (const [index, fed] of events.entries()) {
    last.set(fed, `${round} ${index}`);
    bodies.push(...(await world.vault.rotate(valuesOf([fed], `${round} ${index}`))));
  }
  const pids = await world.app.pids();
  world.app.outcomes();
  await Promise.all([world.clusters.forget(), world.storage.counted(), resetPeak(pids), latenessOf(world)]);
  const before = await cpuSeconds(pids);
  const delivered = untilDelivered(world, names, last);
  const fates = await Promise.all(bodies.map((body) => send(world.app, body)));
  const deliveredMs = await delivered;
  const { 'PUT Targets': single = 0, 'POST $batch': together = 0 } = await world.storage.counted();
  const asked = Object.values(await world.clusters.asked());
  return {
    fates,
    deliveredMs,
    blamed: byCode(blaming(world.app.outcomes())),
    late: await latenessOf(world),
    lookedAgain: sum(asked.map(({ lookedAgain }) => lookedAgain)),
    cpuSeconds: (await cpuSeconds(pids)) - before,
    rowsPerWrite: (bodies.length * names.length) / (single + together),
    peakMiB: await peakMiB(pids),
  };
}
