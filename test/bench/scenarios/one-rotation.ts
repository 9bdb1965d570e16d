import { setTimeout as sleep } from 'node:timers/promises';
import { bareRequests } from '../floor/floor.ts';
import { median } from '../report/numbers.ts';
import type { Figure } from '../report/row.ts';
import { ACCEPTED, fedSecrets, NAMESPACE, rollOut, ROUTES, valuesOf } from '../world/fixtures.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const CLUSTERS = ['c-1'];
const ROUNDS = 30;
const WARM = 5;
/** Rotations are apart: nobody waits for anybody. */
const APART_MS = 100;

/** Milliseconds from the new version to its write. */
async function rotation(world: World, value: string): Promise<number> {
  await world.clusters.forget();
  const [event] = await world.vault.rotate(valuesOf(fedSecrets(1), value));
  const from = Date.now();
  await world.app.deliver(event);
  const { 'c-1': asked } = await world.clusters.asked();
  return (asked?.lastWriteAt ?? Number.NaN) - from;
}

async function measure(world: World, say: (text: string) => void): Promise<Figure[]> {
  const secrets = fedSecrets(1);
  await world.vault.seed(valuesOf(secrets, 'seed'));
  await world.clusters.namespaces(CLUSTERS, ACCEPTED);
  await rollOut(world, CLUSTERS, ROUTES);
  const times: number[] = [];
  for (let round = 0; round < WARM + ROUNDS; round += 1) {
    say(`rotation ${round + 1} of ${WARM + ROUNDS}`);
    times.push(await rotation(world, `rotation ${round}`));
    await sleep(APART_MS);
  }
  const order = { secrets, namespace: NAMESPACE, warm: WARM, rounds: ROUNDS, rowsPerWrite: 0 };
  const floor = median((await bareRequests(world, order)).map(({ ms }) => ms));
  const measured = times.slice(WARM);
  return [
    {
      what: 'from the new version to its write, median',
      seen: median(measured),
      unit: 'ms',
      floor,
      goal: { atMost: 75 },
    },
    {
      what: 'from the new version to its write, the slowest',
      seen: Math.max(...measured),
      unit: 'ms',
      floor,
    },
  ];
}

export const oneRotation: Scenario = {
  name: 'one-rotation',
  run: (say) =>
    inWorld(
      { clusters: CLUSTERS, functions: ['on-vault-event', 'reconcile-timer', 'reconcile-shard'] },
      (world) => measure(world, say),
    ),
};
