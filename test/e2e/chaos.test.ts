import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountFor, table, type Account, type Target } from '../deep/chaos-account.ts';
import { createEventGrid, type EventGrid } from '../deep/chaos-event-grid.ts';
import { eventually } from '../local/stack/eventually.ts';
import { queueLength } from '../local/stack/storage.ts';
import { routeYaml } from '../local/stack/tenancy.ts';
import { createDice } from '../support/seeded.ts';
import { startFleet, type Fleet } from './fleet/start.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const NAMES = ['weu-1', 'neu-1'] as const;
const TEAMS = ['app-1', 'app-2'];
const SERVICES = ['pg', 'mq', 'redis', 'smtp'];
const FAULTS_MS = 35_000;
const PAUSE_MS = 250;

const targetsOf = (secret: string): Target[] => {
  const [namespace = '', name = ''] = secret.split('--');
  return NAMES.map((cluster) => ({ cluster, namespace, name }));
};
const SECRETS = TEAMS.flatMap((team) => SERVICES.map((service) => `${team}--${service}--password`));

let fleet: Fleet;
let eventGrid: EventGrid;
let account: Account;
const values = new Map<string, string>();
const dice = createDice(SEED);

const server = (index: number) => {
  const found = fleet.clusters[index];
  if (!found) throw new Error(`no cluster ${index}`);
  return found.server;
};

/** Alone and together, frozen and dead, and every time back without anybody doing anything for the app. */
async function stopAndStart(): Promise<void> {
  await sleep(2000);
  server(0).suspend();
  await sleep(dice.between(3000, 6000));
  server(0).resume();
  await server(1).kill();
  await sleep(dice.between(1000, 3000));
  await server(1).restart();
  await Promise.all([freeze(1), crash(0)]);
  await fleet.stack.hosts[0]?.kill();
  await fleet.stack.addHost();
}

async function freeze(index: number): Promise<void> {
  server(index).suspend();
  await sleep(dice.between(2000, 5000));
  server(index).resume();
}

async function crash(index: number): Promise<void> {
  await server(index).kill();
  await server(index).restart();
}

/** Probes of a cluster that was down for long are up to five minutes apart, and what waits for one comes back spread out. */
const DRAIN_MS = 480_000;

async function rotateUntil(end: Promise<void>): Promise<void> {
  let over = false;
  const ended = end.finally(() => (over = true));
  const atLeast = Date.now() + FAULTS_MS;
  for (let index = 0; !over || Date.now() < atLeast; index += 1) {
    const secret = dice.pick(SECRETS);
    values.set(secret, `${secret} ${index}`);
    eventGrid.rotate(secret, `${secret} ${index}`);
    await sleep(PAUSE_MS);
  }
  await ended;
}

beforeAll(async () => {
  console.info(`SEED=${SEED}`);
  // What the instance that is killed was working on comes back after ten seconds instead of ten minutes.
  fleet = await startFleet(NAMES, { HOST_QUEUE_LEASE_SECONDS: '10' });
  const { stack } = fleet;
  for (const cluster of fleet.clusters) for (const team of TEAMS) await cluster.invite(team, `${team}--`);
  await stack.apply(
    TEAMS.map((team) => routeYaml(team, { prefix: `${team}--`, namespaces: [team] })).join('---\n'),
  );
  const alive = () => stack.hosts.slice(-1);
  eventGrid = createEventGrid(stack, alive, createDice(SEED + 1));
  await rotateUntil(stopAndStart());
  const back = Date.now();
  await eventGrid.quiet();
  await eventually(async () => (await queueLength(stack.storage, 'push')) === 0, DRAIN_MS);
  account = accountFor({ events: eventGrid.sent, targetsOf }, stack.lines());
  console.info(
    `${eventGrid.sent.length} events to 2 API servers\n${table(account)}\n` +
      `nothing waits ${Math.round((Date.now() - back) / 1000)} s after the last fault`,
  );
});
afterAll(() => fleet?.stop());

describe(`two real API servers that are stopped, killed and started (SEED=${SEED})`, () => {
  it('both clusters hold the latest version of everything in the end', async () => {
    const wanted = [...values].flatMap(([secret, value]) =>
      targetsOf(secret).map((target) => ({ ...target, value })),
    );
    const found = wanted.map(async ({ cluster, namespace, name }) => {
      const held = fleet.clusters.find((one) => one.name === cluster);
      return { cluster, namespace, name, value: await held?.value(namespace, name, 'password') };
    });
    expect(wanted.length).toBeGreaterThan(10);
    expect(await Promise.all(found)).toEqual(wanted);
  });

  it('every event has ended', () => {
    expect(account.open).toEqual([]);
    expect(account.targets.delivered).toBeGreaterThan(20);
    expect(account.targets['given up']).toBe(0);
  });
});
