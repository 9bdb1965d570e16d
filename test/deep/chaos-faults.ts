import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../local/network/faults.ts';
import type { RunningHost } from '../local/functions-host/client.ts';
import type { LocalServer } from '../local/network/https-server.ts';
import type { Stack } from '../local/stack/start.ts';
import type { Dice } from '../support/seeded.ts';

export interface Chaos {
  /** Instances that take events. */
  alive(): RunningHost[];
  /** What was done, by kind. */
  counts: Record<string, number>;
  /** Breaks something, again and again, for that long; then mends everything. */
  run(forMs: number): Promise<void>;
}

const reset = (when: 'before-headers' | 'mid-body' | 'after-apply'): Fault => ({ kind: 'reset', when });
const status = (code: number, headers: Record<string, string> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers,
});

const FAULTS: Fault[] = [
  status(429),
  status(429, { 'retry-after': '2' }),
  status(500),
  status(503),
  status(503, { 'retry-after': '1' }),
  { kind: 'delay', ms: 1500 },
  { kind: 'delay', ms: 4000 },
  { kind: 'hang' },
  reset('before-headers'),
  reset('mid-body'),
  reset('after-apply'),
  { kind: 'drip', bytesPerSecond: 400 },
  { kind: 'redirect', location: 'https://elsewhere.localhost/' },
  { kind: 'html' },
  { kind: 'oversized', bytes: 12 * 1024 * 1024 },
];

/** Storage is the ground it stands on: of it, what Azure's own does. */
const STORAGE_FAULTS: Fault[] = [
  status(500),
  status(503),
  { kind: 'delay', ms: 1500 },
  reset('before-headers'),
  reset('after-apply'),
  { kind: 'hang' },
];

const nameOf = (fault: Fault): string => {
  if (fault.kind === 'status') return String(fault.status);
  return fault.kind === 'reset' ? `reset ${fault.when}` : fault.kind;
};

/** @param struck names of the clusters that may fail */
export function createChaos(stack: Stack, struck: readonly string[], dice: Dice): Chaos {
  const counts: Record<string, number> = {};
  const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  const out = new Set<RunningHost>();
  const alive = (): RunningHost[] => stack.hosts.filter((host) => !out.has(host));
  const clusters = struck.map((name) => stack.cluster(name).server);
  const { tables, queues } = stack.storage;

  const inject = async (server: LocalServer, faults: Fault[], times: number): Promise<void> => {
    const fault = dice.pick(faults);
    count(nameOf(fault));
    const remove = server.inject({ fault, times });
    await sleep(4000);
    remove();
  };
  const outage = async (server: LocalServer, what: string, forMs: number): Promise<void> => {
    count(`${what} down`);
    await server.down();
    await sleep(forMs);
    await server.up();
  };
  const kill = async (): Promise<void> => {
    const victim = dice.pick(alive());
    count('host killed');
    out.add(victim);
    await victim.kill();
    await stack.addHost();
  };
  const freeze = async (): Promise<void> => {
    const victim = dice.pick(alive());
    count('host frozen');
    victim.suspend();
    await sleep(dice.between(1000, 8000));
    victim.resume();
  };
  const busy = new Set<string>();
  /** One at a time of a kind that must not add up, such as both instances dead. */
  const alone = async (what: string, act: () => Promise<void>): Promise<void> => {
    if (busy.has(what)) return;
    busy.add(what);
    await act().finally(() => busy.delete(what));
  };
  const strike = (): Promise<void> => {
    const chance = dice.next();
    if (chance < 0.55) return inject(dice.pick(clusters), FAULTS, dice.between(1, 6));
    if (chance < 0.67) return inject(stack.vault.server, FAULTS, dice.between(1, 4));
    if (chance < 0.77) return inject(dice.pick([tables, queues]), STORAGE_FAULTS, dice.between(1, 3));
    if (chance < 0.87) return outageOf(dice.pick(clusters), 'cluster', dice.between(500, 6000));
    if (chance < 0.89) return alone('vault', () => outage(stack.vault.server, 'vault', 1500));
    if (chance < 0.91) return alone('tables', () => outage(tables, 'tables', dice.between(300, 2000)));
    if (chance < 0.92) return alone('queues', () => outage(queues, 'queues', dice.between(300, 2000)));
    return alone('host', dice.happens(0.5) ? kill : freeze);
  };
  const outageOf = (server: LocalServer, what: string, forMs: number): Promise<void> =>
    alone(String(server.port), () => outage(server, what, forMs));

  return {
    alive,
    counts,
    async run(forMs) {
      const end = Date.now() + forMs;
      const strikes: Promise<void>[] = [];
      while (Date.now() < end) {
        strikes.push(strike());
        await sleep(dice.between(50, 350));
      }
      await Promise.all(strikes);
      for (const server of [...clusters, stack.vault.server, tables, queues]) server.clearFaults();
    },
  };
}
