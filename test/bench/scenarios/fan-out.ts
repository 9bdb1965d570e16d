import { bareRequests } from '../floor/floor.ts';
import type { BareRound } from '../processes/bare-requests.ts';
import { median } from '../report/numbers.ts';
import type { Figure } from '../report/row.ts';
import {
  ACCEPTED,
  clusterNames,
  fedSecrets,
  NAMESPACE,
  rollOut,
  ROUTES,
  valuesOf,
} from '../world/fixtures.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const ROUNDS = 10;
/** Connections, tokens and code are not what is measured. */
const WARM = 3;

interface Pushed {
  lastWriteMs: number;
  acknowledgedMs: number;
}

async function push(world: World, value: string): Promise<Pushed> {
  await world.clusters.forget();
  const [event] = await world.vault.rotate(valuesOf(fedSecrets(1), value));
  const from = Date.now();
  await world.app.deliver(event);
  const acknowledgedMs = Date.now() - from;
  const asked = Object.values(await world.clusters.asked());
  const missed = asked.some(({ lastWriteAt }) => lastWriteAt === 0);
  return {
    acknowledgedMs,
    lastWriteMs: missed ? Infinity : Math.max(...asked.map(({ lastWriteAt }) => lastWriteAt)) - from,
  };
}

async function measure(
  world: World,
  names: readonly string[],
  say: (text: string) => void,
): Promise<Figure[]> {
  const secrets = fedSecrets(1);
  await world.vault.seed(valuesOf(secrets, 'seed'));
  await world.clusters.namespaces(names, ACCEPTED);
  await rollOut(world, names, ROUTES);
  const order = { secrets, namespace: NAMESPACE, warm: 0, rounds: WARM + ROUNDS };
  const bare = async (rowsPerWrite: number): Promise<BareRound[]> =>
    (await bareRequests(world, { ...order, rowsPerWrite })).slice(WARM);
  say('a bare loop of the same requests');
  // A cluster has one row of this secret: each goes alone.
  const before = [await bare(1), await bare(0)] as const;
  say('events');
  const pushed: Pushed[] = [];
  for (let round = 0; round < WARM + ROUNDS; round += 1) pushed.push(await push(world, `event ${round}`));
  say('the bare loop again');
  const same = [...before[0], ...(await bare(1))];
  const withoutRows = median([...before[1], ...(await bare(0))].map(({ ms }) => ms));
  const measured = pushed.slice(WARM);
  const lastWriteMs = median(measured.map((one) => one.lastWriteMs));
  const acknowledgedMs = median(measured.map((one) => one.acknowledgedMs));
  return [
    {
      what: 'to the last write',
      seen: lastWriteMs,
      unit: 'ms',
      floor: median(same.map((round) => round.lastWriteMs)),
      goal: { ratioAtMost: 1.4 },
    },
    {
      what: 'to the acknowledgement',
      seen: acknowledgedMs,
      unit: 'ms',
      floor: median(same.map(({ ms }) => ms)),
      goal: { ratioAtMost: 2 },
    },
    { what: 'to the last write, of a loop without rows', seen: lastWriteMs, unit: 'ms', floor: withoutRows },
    {
      what: 'to the acknowledgement, of a loop without rows',
      seen: acknowledgedMs,
      unit: 'ms',
      floor: withoutRows,
    },
  ];
}

/** One event to all clusters. */
function fanOut(clusters: number): Scenario {
  const names = clusterNames(clusters);
  return {
    name: `fan-out-${clusters}`,
    run: (say) =>
      inWorld(
        {
          clusters: names,
          functions: ['on-vault-event', 'reconcile-timer', 'reconcile-shard'],
        },
        (world) => measure(world, names, say),
      ),
  };
}

export const fanOuts: readonly Scenario[] = [fanOut(50), fanOut(200)];
