import { readdir, readFile } from 'node:fs/promises';
import type { RunningHost } from '../local/functions-host/client.ts';
import { startStack } from '../local/stack/start.ts';
import type { Stack } from '../local/stack/start.ts';
import { sendMessage } from '../local/stack/storage.ts';
import { applyTenancy } from '../local/stack/tenancy.ts';
import { spread } from './numbers.ts';

const ROUNDS = 5;
const SECRET = 'app-1--pg--password';

interface Cost {
  /** From the start of the stack until it serves. */
  readyMs: number;
  /** From the first message on a queue to its outcome: on Flex Consumption it starts a process. */
  firstMessageMs: number;
  /** Resident memory of all its processes. */
  megabytes: number;
  processes: number;
}

/** Processes of a group have its number in their fifth column: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function memoryOf({ pid: group }: RunningHost): Promise<Pick<Cost, 'megabytes' | 'processes'>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  const own = stats
    .map((stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' '))
    .filter((columns) => columns[2] === String(group));
  const pages = own.reduce((sum, columns) => sum + Number(columns[21]), 0);
  return { processes: own.length, megabytes: Math.round((pages * 4096) / 1024 / 1024) };
}

async function firstMessage(stack: Stack): Promise<number> {
  const { event } = await stack.rotate(SECRET, 'by a message');
  const before = stack.lines().length;
  const from = performance.now();
  await sendMessage(stack.storage, 'vault-events', event);
  while (stack.lines().length === before) await new Promise((resolve) => setTimeout(resolve, 5));
  return performance.now() - from;
}

async function costOf(groups: 'flex' | 'one'): Promise<Cost> {
  const from = performance.now();
  const stack = await startStack({ clusters: ['weu-1'], env: { HOST_GROUPS: groups } });
  const readyMs = performance.now() - from;
  try {
    await applyTenancy(stack);
    const firstMessageMs = await firstMessage(stack);
    const [host] = stack.hosts;
    if (!host) throw new Error('no host runs');
    return { readyMs, firstMessageMs, ...(await memoryOf(host)) };
  } finally {
    await stack.stop();
  }
}

/** What it costs the tests that the app's code runs in a process for each group. */
export async function run(): Promise<void> {
  for (const groups of ['one', 'flex'] as const) {
    const costs: Cost[] = [];
    for (let round = 0; round < ROUNDS; round += 1) costs.push(await costOf(groups));
    const all = (what: keyof Cost): number[] => costs.map((cost) => cost[what]);
    const title = groups === 'one' ? 'one process for all functions' : 'a process for each group';
    console.info(`  ${title}: a stack is ready after ${spread(all('readyMs'))},`);
    console.info(`    its first queue message has an outcome after ${spread(all('firstMessageMs'))},`);
    const megabytes = Math.max(...all('megabytes'));
    console.info(`    and a host has ${Math.max(...all('processes'))} processes of ${megabytes} MB then`);
  }
}
