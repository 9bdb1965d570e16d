import { expect, it } from 'vitest';
import type { LiveSecret } from '../../shared/target/secret.ts';
import { forget, reconcile, rowsOf } from '../support/fleet.ts';
import { createDice } from '../support/seeded.ts';
import { aChange, aFleet, aPause, CLUSTERS, type Shaken } from './quiet-changes.ts';

/** So many seeds, from where FUZZ_SEED says; each of so many runs. */
const SEEDS = Number(process.env['S'] ?? 12);
const RUNS = 60;
const FIRST = Number(process.env['FUZZ_SEED'] ?? 1);
const { signal } = new AbortController();

/** The same fleet, in which every run looks at everything itself. */
function aFleetThatNeverRests(): Shaken {
  const fleet = aFleet();
  const { status } = fleet.ports;
  const runs = status.runs.bind(status);
  status.runs = async (...asked) => (await runs(...asked)).map((row) => ({ ...row, quiet: undefined }));
  return fleet;
}

const RUN = /\d{8}T\d{6}Z-[0-9a-f]{4,12}/g;

const placeOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;
const byPlace = (left: LiveSecret, right: LiveSecret): number => (placeOf(left) < placeOf(right) ? -1 : 1);

/** All that anybody can see after a run. */
async function seenOf(world: Shaken): Promise<unknown> {
  const { ports } = world;
  const clusters = Object.keys(CLUSTERS).map(async (name) => {
    const [last] = await ports.status.runs(name, signal);
    const { state, counts, done, total, lines, summary, scope, kind } = last ?? {};
    const rows = await rowsOf(world, name);
    // Of writes that run at once the order is nobody's, nor are the names that it gives.
    const secrets = ports.kubernetes.people(name).secrets().toSorted(byPlace);
    return {
      secrets: secrets.map(({ resourceVersion: _version, uid: _uid, ...secret }) => secret),
      rows: rows.map(({ lookedAt: _at, cause: _cause, resourceVersion: _version, uid, ...row }) => ({
        ...row,
        isOfSecret: secrets.some((secret) => secret.uid === uid),
      })),
      run: { state, counts, done, total, lines, summary, scope, kind },
    };
  });
  const told = ports.log.outcomes.map(({ code, cluster, namespace, name, vault, secret }) =>
    [code, cluster, namespace, name, vault, secret].join(' '),
  );
  const seen = {
    clusters: await Promise.all(clusters),
    problems: (await rowsOf(world, '-')).map(({ id, code, message }) => ({ id, code, message })),
    backOffs: [...(await ports.status.backOffs(signal))].map(([name, { failures }]) => [name, failures]),
    told: told.sort(),
    // Two clusters may both send the message for one date.
    isWaiting: ports.queue.waiting('push').length > 0,
    runs: ports.queue.waiting('reconcile').length,
  };
  // A list that fails is named as it was asked for.
  return JSON.parse(
    JSON.stringify(seen).replaceAll(RUN, 'RUN').replaceAll('kubernetes.digest', 'kubernetes.managedSecrets'),
  );
}

/** What cannot be done to one of them, such as to recover what is not deleted, cannot be done to the other either. */
async function inBoth(worlds: readonly Shaken[], work: (world: Shaken) => unknown): Promise<void> {
  const ends: string[] = [];
  for (const world of worlds) {
    const done = (async () => void (await work(world)))();
    ends.push(await done.then(() => 'done', String));
  }
  expect(new Set(ends).size).toBe(1);
  const now = Math.max(...worlds.map(({ ports }) => ports.clock.now()));
  for (const { ports } of worlds) await ports.clock.advance(now - ports.clock.now());
}

it('a run that compares itself to an earlier one comes to what a look of its own would', async ({ task }) => {
  let [unchanged, all] = [0, 0];
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    const dice = createDice(seed);
    const worlds = [aFleet(), aFleetThatNeverRests()];
    const story: string[] = [`seed ${seed}`];
    for (let run = 0; run < RUNS; run += 1) {
      for (let changes = dice.happens(0.6) ? 0 : dice.between(1, 2); changes > 0; changes -= 1) {
        const change = aChange(dice);
        story.push(change.name);
        await inBoth(worlds, (world) => change.happen(world));
      }
      const pause = aPause(dice);
      story.push(`${pause / 60_000} minutes, and a run`);
      await inBoth(worlds, ({ ports }) => ports.clock.advance(pause));
      await inBoth(worlds, async (world) => {
        forget(world);
        await reconcile(world);
      });
      const after = story.slice(-30);
      const [compared, looked] = await Promise.all(worlds.map(seenOf));
      expect({ seen: compared, after }).toEqual({ seen: looked, after });
      const lines = worlds[0]?.ports.log.outcomes ?? [];
      all += Object.keys(CLUSTERS).length;
      unchanged += lines.filter(({ message }) => message.includes('nothing changed since')).length;
    }
  }
  task.meta.reach = { 'nothing changed': { hits: unchanged, of: all } };
  expect(unchanged).toBeGreaterThan(all / 10);
});
