import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { applyTenancy } from '../local/stack/tenancy.ts';
import type { BareLoop } from './bare-loop.ts';
import { median, spread } from './numbers.ts';

const CLUSTERS = Array.from({ length: 50 }, (_, index) => `c-${index + 1}`);
const SECRET = 'app-1--pg--password';
const ROUNDS = 10;
const WARM = 3;

interface Pushed {
  /** Until the last cluster had its write. */
  written: number;
  acknowledged: number;
}

async function events(stack: Stack): Promise<Pushed[]> {
  const rounds: Pushed[] = [];
  for (let round = 0; round < WARM + ROUNDS; round += 1) {
    const from = Date.now();
    await stack.rotate(SECRET, `event ${round}`);
    const acknowledged = Date.now() - from;
    const puts = CLUSTERS.map((name) =>
      stack.cluster(name).server.requests.findLast(({ method }) => method === 'PUT'),
    );
    rounds.push({ acknowledged, written: Math.max(...puts.map((put) => put?.at ?? Number.NaN)) - from });
  }
  return rounds.slice(WARM);
}

async function bare(stack: Stack): Promise<number[]> {
  const { trust, sites } = stack;
  const order: BareLoop = {
    urls: sites.map(({ url }) => url),
    caPem: trust.authority.caPem,
    token: await trust.tokens.issue(trust.audience, { oid: trust.tokens.objectId }),
    namespace: 'app-1',
    name: 'pg',
    rounds: WARM + ROUNDS,
  };
  const dns = pathToFileURL(join(import.meta.dirname, '../local/network/dns.mjs')).href;
  const args = ['--import', dns, join(import.meta.dirname, 'bare-loop.ts')];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(order));
  return ((await json(child.stdout)) as number[]).slice(WARM);
}

/** One event to fifty clusters against a bare loop that sends the same 150 requests to them. */
export async function run(): Promise<void> {
  const stack = await startStack({ clusters: CLUSTERS });
  try {
    await applyTenancy(stack);
    await stack.rotate(SECRET, 'created');
    const [loops, pushed] = [await bare(stack), await events(stack)];
    const again = await bare(stack);
    const written = pushed.map((round) => round.written);
    const acknowledged = pushed.map((round) => round.acknowledged);
    const against = median([...loops, ...again]);
    const ratio = (times: number[]): string => (median(times) / against).toFixed(1);
    console.info(`  50 clusters, 150 requests in a bare loop:  ${spread([...loops, ...again])}`);
    console.info(`  the event, until the last write:           ${spread(written)}, ratio ${ratio(written)}`);
    console.info(
      `  the event, until it is acknowledged:       ${spread(acknowledged)}, ratio ${ratio(acknowledged)}`,
    );
    console.info(
      '  (it also asks three tables and the vault, and reads and writes 50 rows before it is acknowledged)',
    );
  } finally {
    await stack.stop();
  }
}
