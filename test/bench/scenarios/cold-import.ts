import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median } from '../report/numbers.ts';
import type { Figure } from '../report/row.ts';
import { ACCEPTED, fedSecrets, rollOut, ROUTES, valuesOf } from '../world/fixtures.ts';
import { inWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const RUNS = 15;
const CLUSTERS = ['c-1'];
const EVENT = join(import.meta.dirname, '../../../dist/functions/on-vault-event.js');

/** Milliseconds. */
interface Cost {
  passed: number;
  /** Processor time. */
  used: number;
}

/** Of the import of a file in a fresh process. */
function importCost(file: string): Cost {
  const script = `const [from, before] = [performance.now(), process.cpuUsage()];
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ passed: performance.now() - from, used: (user + system) / 1000 }));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    // The library says that no Functions host is near.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(said.trim().split('\n').at(-1) ?? '') as Cost;
}

function imports(): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'vaultcast-empty-'));
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export {};\n');
  const [events, empties]: [Cost[], Cost[]] = [[], []];
  // In turns: whatever else the machine does meets both.
  for (let run = 0; run < RUNS; run += 1) {
    empties.push(importCost(empty));
    events.push(importCost(EVENT));
  }
  rmSync(folder, { recursive: true });
  const over = (of: keyof Cost): number =>
    median(events.map((cost) => cost[of])) - median(empties.map((cost) => cost[of]));
  const what = 'import of the bundle of an event, over an empty one';
  return [
    { what, seen: over('passed'), unit: 'ms', goal: { atMost: 150 } },
    { what: 'processor time of that import', seen: over('used'), unit: 'ms' },
  ];
}

async function eventMs(world: World, value: string): Promise<number> {
  const [event] = await world.vault.rotate(valuesOf(fedSecrets(1), value));
  const from = performance.now();
  await world.app.deliver(event);
  return performance.now() - from;
}

/** The first event loads the Kubernetes client, gets tokens and connects. */
async function firstEvent(world: World): Promise<Figure> {
  await world.vault.seed(valuesOf(fedSecrets(1), 'seed'));
  await world.clusters.namespaces(CLUSTERS, ACCEPTED);
  await rollOut(world, CLUSTERS, ROUTES);
  const first = await eventMs(world, 'first');
  const later: number[] = [];
  for (let event = 0; event < RUNS; event += 1) later.push(await eventMs(world, `later ${event}`));
  return { what: 'first event of a process, over later ones', seen: first, unit: 'ms', floor: median(later) };
}

export const coldImport: Scenario = {
  name: 'cold-import',
  async run(say) {
    say('imports');
    const imported = imports();
    say('a first event');
    return [
      ...imported,
      await inWorld(
        {
          clusters: CLUSTERS,
          functions: ['on-vault-event', 'reconcile-timer', 'reconcile-shard'],
        },
        firstEvent,
      ),
    ];
  },
};
