import { startStack, type Stack } from '../../local/stack/start.ts';
import { sendMessage } from '../../local/stack/storage.ts';
import { applyTenancy } from '../../local/stack/tenancy.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../report/numbers.ts';
import type { Figure } from '../report/row.ts';
import { childrenOf, residentMiB } from '../world/usage.ts';
import type { Scenario } from './scenario.ts';

const ROUNDS = 5;
const LOOK_MS = 5;
const SECRET = 'app-1--pg--password';

interface Cost {
  /** From the start of the stack until it serves. */
  readyMs: number;
  /** From the first message on a queue to its outcome: on Flex Consumption it starts a process. */
  firstMessageMs: number;
  /** Of the host and all that it started. */
  megabytes: number;
}

async function firstMessage(stack: Stack): Promise<number> {
  const { event } = await stack.rotate(SECRET, 'by a message');
  const before = stack.lines().length;
  const from = performance.now();
  await sendMessage(stack.storage, 'vault-events', event);
  while (stack.lines().length === before) await sleep(LOOK_MS);
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
    const megabytes = await residentMiB([host.pid, ...(await childrenOf(host.pid))]);
    return { readyMs, firstMessageMs, megabytes };
  } finally {
    await stack.stop();
  }
}

async function run(say: (text: string) => void): Promise<Figure[]> {
  const [one, flex]: [Cost[], Cost[]] = [[], []];
  // In turns: whatever else the machine does meets both.
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`round ${round} of ${ROUNDS}`);
    one.push(await costOf('one'));
    flex.push(await costOf('flex'));
  }
  const both = (what: keyof Cost) => ({
    seen: median(flex.map((cost) => cost[what])),
    floor: median(one.map((cost) => cost[what])),
  });
  return [
    { what: 'a local stack is ready after', unit: 'ms', ...both('readyMs') },
    { what: 'its first queue message has an outcome after', unit: 'ms', ...both('firstMessageMs') },
    { what: 'memory of a local host', unit: 'MiB', ...both('megabytes') },
  ];
}

/** What it costs tests that the app's code runs in a process for each group, over one process for all functions. */
export const hostGroups: Scenario = { name: 'host-groups', run };
