import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { closeBackOff } from '../local/stack/storage.ts';
import { applyTenancy } from '../local/stack/tenancy.ts';
import { median, spread } from './numbers.ts';

const CLUSTERS = Array.from({ length: 20 }, (_, index) => `c-${index + 1}`);
const HUNG = 'c-20';
const HEALTHY = CLUSTERS.filter((name) => name !== HUNG);
const SECRET = 'app-1--pg--password';
const ROUNDS = 10;
const AIM_MS = 300;

interface Round {
  /** From the rotation to the write, of each of the nineteen. */
  written: number[];
  acknowledged: number;
}

async function rotate(stack: Stack, value: string): Promise<Round> {
  const from = Date.now();
  await stack.rotate(SECRET, value);
  const acknowledged = Date.now() - from;
  const written = HEALTHY.map((name) => {
    const put = stack.cluster(name).server.requests.findLast(({ method }) => method === 'PUT');
    return (put?.at ?? Number.NaN) - from;
  });
  return { written, acknowledged };
}

/** Each round from the same start: no instance knows yet that the cluster hangs. */
async function rotateWhileHung(stack: Stack, value: string): Promise<Round> {
  const remove = stack.cluster(HUNG).server.inject({ fault: { kind: 'hang' } });
  const round = await rotate(stack, value);
  remove();
  await closeBackOff(stack.storage, HUNG);
  return round;
}

function report(healthy: readonly Round[], hung: readonly Round[]): void {
  const all = (rounds: readonly Round[]): number[] => rounds.flatMap(({ written }) => written);
  const acknowledged = (rounds: readonly Round[]): number[] => rounds.map((round) => round.acknowledged);
  const later = Math.round(median(all(hung)) - median(all(healthy)));
  const atMost = Math.round(Math.max(...all(hung)) - Math.max(...all(healthy)));
  console.info(`  19 of 20 clusters written, all healthy:  ${spread(all(healthy))}`);
  console.info(`  19 of 20 clusters written, one hangs:    ${spread(all(hung))}`);
  console.info(`  later by: p50 ${later} ms, max ${atMost} ms (aim: at most ${AIM_MS} ms)`);
  console.info(
    `  acknowledged: healthy ${spread(acknowledged(healthy))}; one hangs ${spread(acknowledged(hung))}`,
  );
}

/** What one hung cluster costs the nineteen others, and the event itself. */
export async function run(): Promise<void> {
  const stack = await startStack({ clusters: CLUSTERS });
  try {
    await applyTenancy(stack);
    const [healthy, hung]: [Round[], Round[]] = [[], []];
    // The first ones pay for connections, tokens and imports.
    for (let warm = 0; warm < 3; warm += 1) await rotate(stack, `warm ${warm}`);
    for (let round = 0; round < ROUNDS; round += 1) {
      healthy.push(await rotate(stack, `healthy ${round}`));
      hung.push(await rotateWhileHung(stack, `hung ${round}`));
    }
    report(healthy, hung);
  } finally {
    await stack.stop();
  }
}
