import { bareListing } from '../floor/floor.ts';
import type { Figure } from '../report/row.ts';
import { ACCEPTED, expectedOf, fedSecrets, ROUTES, valuesOf } from '../world/fixtures.ts';
import { peakMiB, resetPeak } from '../world/usage.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const CLUSTERS = ['c-1'];
const SECRETS = 60_000;
/** One secret in a hundred. */
const ROUTED = SECRETS / 100;

const others = (): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: SECRETS - ROUTED }, (_, index) => [`other--secret-${index}--value`, 'x']),
  );

async function measure(world: World, say: (text: string) => void): Promise<Figure[]> {
  const secrets = fedSecrets(ROUTED);
  await world.vault.seed({ ...others(), ...valuesOf(secrets, 'seed') });
  await world.clusters.namespaces(CLUSTERS, ACCEPTED);
  await world.register(ROUTES);
  say('a bare listing of the vault');
  const floor = await bareListing(world);
  say('a run');
  await resetPeak(await world.app.pids());
  const from = performance.now();
  const { 'c-1': state } = await world.reconcile(1);
  const seconds = (performance.now() - from) / 1000;
  const missing = await world.clusters.missing(expectedOf(CLUSTERS, secrets, 'seed'));
  return [
    {
      what: `Secrets that a run delivers of ${ROUTED}`,
      seen: ROUTED - missing,
      unit: '',
      goal: { atLeast: ROUTED },
    },
    {
      what: 'that run, over one listing',
      seen: state === undefined ? Infinity : seconds,
      unit: 's',
      floor: floor.ms / 1000,
    },
    { what: 'memory of one process, peak', seen: await peakMiB(await world.app.pids()), unit: 'MiB' },
  ];
}

/** A vault of 60,000 secrets, one in a hundred of which is routed. */
export const hugeVault: Scenario = {
  name: 'huge-vault',
  run: (say) =>
    inWorld(
      {
        clusters: CLUSTERS,
        functions: ['reconcile-timer', 'reconcile-shard'],
        vaultFile: 'huge-vault.ts',
      },
      (world) => measure(world, say),
    ),
};
