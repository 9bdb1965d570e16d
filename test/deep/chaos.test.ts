import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../local/stack/eventually.ts';
import type { Stack } from '../local/stack/start.ts';
import { QUEUES, queueLength, rowsOf, sendMessage } from '../local/stack/storage.ts';
import { valueIn } from '../local/stack/tenancy.ts';
import { createDice } from '../support/seeded.ts';
import { accountFor, idOf, table } from './chaos-account.ts';
import type { Account } from './chaos-account.ts';
import { createEventGrid } from './chaos-event-grid.ts';
import type { EventGrid, SentEvent } from './chaos-event-grid.ts';
import { createChaos } from './chaos-faults.ts';
import type { Chaos } from './chaos-faults.ts';
import {
  ALL_SECRETS,
  DENIED,
  ROLES_LOST,
  SECRETS,
  SHUT,
  startFleet,
  STRUCK,
  targetsOf,
} from './chaos-fleet.ts';
import { isNeeded, loseRoles } from './chaos-roles.ts';
import type { RoleLoss } from './chaos-roles.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const FAULTS_MS = 70_000;
/** A bound only: five quiet minutes of back-off, and a machine that is busy with other things. */
const DRAIN_MS = 900_000;
const ROTATIONS = 360;
const LINES_MS = 20_000;

let stack: Stack;
let chaos: Chaos;
let eventGrid: EventGrid;
let losses: RoleLoss[];
let account: Account;
const values = new Map<string, string>();

function rotate(secret: string, index: number): SentEvent {
  const value = `${secret} ${index}`;
  values.set(secret, value);
  return eventGrid.rotate(secret, value);
}

/** Most secrets now and then, a few of them very often. */
async function rotateMany(): Promise<void> {
  const dice = createDice(SEED + 1);
  const often = SECRETS.slice(0, 4);
  for (let index = 0; index < ROTATIONS; index += 1) {
    rotate(dice.pick(dice.happens(0.3) ? often : SECRETS).name, index);
    if (index % 60 === 0) rotate('app-1---no-name', index);
    if (index % 60 === 30) rotate('nobody--wants--this', index);
    await sleep(FAULTS_MS / ROTATIONS);
  }
}

/** A retry that has failed for a day, against a cluster that goes on refusing it. */
async function workThatIsGivenUp(): Promise<void> {
  const secret = `${DENIED.namespace}--pg--password`;
  const version = stack.vault.set('team', secret, 'never arrives');
  stack.cluster(DENIED.cluster).server.inject({
    fault: { kind: 'status', status: 403, body: '{"kind":"Status","status":"Failure","reason":"Forbidden"}' },
    when: ({ path }) => path.includes(`/${DENIED.namespace}`),
  });
  eventGrid.sent.push({ id: 'given-up', secret, version });
  const since = Date.now() - 25 * 3_600_000;
  const work = { vault: 'team', secret, cause: 'given-up', since, attempt: 60 };
  await sendMessage(stack.storage, 'push', { kind: 'target', ...work, ...DENIED });
}

const idle = async (): Promise<boolean> => {
  const [push, poison] = await Promise.all([
    queueLength(stack.storage, 'push'),
    queueLength(stack.storage, 'push-poison').catch(() => 0),
  ]);
  return push + poison === 0;
};

/** The account, as soon as all lines were read: they come through pipes, and a message is gone before them. */
async function told(): Promise<Account> {
  const accounted = (): Account => accountFor({ events: eventGrid.sent, targetsOf }, stack.lines());
  return eventually(() => (accounted().open.length === 0 ? accounted() : undefined), LINES_MS).catch(
    accounted,
  );
}

beforeAll(
  async () => {
    console.info(`SEED=${SEED}`);
    stack = await startFleet();
    chaos = createChaos(stack, STRUCK, createDice(SEED));
    eventGrid = createEventGrid(stack, () => chaos.alive(), createDice(SEED + 2));
    const roles = loseRoles(stack, eventGrid, (secret) => rotate(secret, ROTATIONS));
    [losses] = await Promise.all([roles, chaos.run(FAULTS_MS), rotateMany()]);
    await workThatIsGivenUp();
    const mended = Date.now();
    await eventGrid.quiet();
    await eventually(idle, DRAIN_MS);
    account = await told();
    const faults = Object.entries(chaos.counts).map(([what, count]) => `${count} ${what}`);
    console.info(
      `${eventGrid.sent.length} events to ${STRUCK.length + 2} clusters, ${eventGrid.refused()} deliveries refused and repeated; faults: ${faults.join(', ')}\n` +
        `${table(account)}\nnothing waits ${Math.round((Date.now() - mended) / 1000)} s after the last fault`,
    );
  },
  FAULTS_MS + DRAIN_MS + 120_000,
);
afterAll(() => stack.stop());

describe(`after ${FAULTS_MS / 1000} seconds of faults of all kinds (SEED=${SEED})`, () => {
  it('every target holds the latest version', () => {
    const wanted = ALL_SECRETS.filter(({ name }) => values.has(name) && !name.startsWith(SHUT.name)).flatMap(
      ({ name, targets }) => targets.map((target) => [idOf(target), values.get(name)]),
    );
    const found = wanted.map(([id = '']) => {
      const [cluster = '', namespace = '', name = ''] = id.split('/');
      return [id, valueIn(stack.cluster(cluster), namespace, name, 'password')];
    });
    expect(wanted.length).toBeGreaterThan(100);
    expect(found).toEqual(wanted);
  });

  it('every event has ended, in exactly one way', () => {
    expect(account.open).toEqual([]);
    const ends = Object.values(account.events).reduce((sum, count) => sum + count, 0);
    expect(ends).toBe(eventGrid.sent.length);
    for (const count of Object.values(account.events)) expect(count).toBeGreaterThan(0);
  });

  it('whatever was given up is a problem people see', async () => {
    const rows = await rowsOf(stack.storage, 'Targets');
    const given = stack.lines().filter(({ code }) => code === 'GAVE_UP');
    expect(given.length).toBeGreaterThan(0);
    expect(rows).toContainEqual(
      expect.objectContaining({ partitionKey: DENIED.cluster, state: 'failed', code: 'GAVE_UP' }),
    );
  });

  it('no Secret is anywhere it should not be', () => {
    const wanted = new Set(ALL_SECRETS.flatMap(({ targets }) => targets.map(idOf)));
    const found = stack.sites.flatMap(({ name: cluster }) =>
      stack
        .cluster(cluster)
        .secrets()
        .map(({ metadata: { namespace = '', name } }) => idOf({ cluster, namespace, name })),
    );
    expect(found.filter((id) => !wanted.has(id) || id.includes(`/${SHUT.name}/`))).toEqual([]);
  });
});

describe('while the role on each queue in turn was away, beside all these faults', () => {
  it('an event whose targets could all end well was acknowledged without it', () => {
    expect(losses.map(({ queue, well }) => [queue, eventGrid.answersTo(well).includes(202)])).toEqual(
      QUEUES.map((queue) => [queue, true]),
    );
  });

  it('an event that needed the queue was refused until the role was back, and no other', () => {
    const acknowledged = losses.filter(({ meanwhile }) => meanwhile.includes(202)).map(({ queue }) => queue);
    expect(acknowledged).toEqual(QUEUES.filter((queue) => !isNeeded(queue)));
    for (const { sick } of losses) expect(eventGrid.answersTo(sick)).toContain(202);
  });

  it('each version was written once, however often its event came', () => {
    for (const { cluster } of Object.values(ROLES_LOST))
      expect(stack.cluster(cluster).writes).toEqual({ create: QUEUES.length, update: 0, delete: 0 });
  });
});
