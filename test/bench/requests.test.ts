import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { createRegistry } from '../../shared/adapters/storage/registry/registry.ts';
import { createStatus } from '../../shared/adapters/storage/status/status.ts';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import type { Ports } from '../../shared/ports.ts';
import { createProcess } from '../../shared/deliver/process.ts';
import { startRun } from '../../shared/reconcile/start.ts';
import { onVaultEvent } from '../../shared/sync.ts';
import { type LocalStorage, startAzurite } from '../local/azurite/storage.ts';
import { createPerson } from '../local/stack/person.ts';
import { createTables } from '../local/stack/storage.ts';
import { aSecretEvent } from '../support/builders.ts';
import { writtenCluster, writtenRoute } from '../support/documents.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Cost, COSTS } from './costs.ts';

const CLUSTERS = ['weu-1', 'neu-1'];
const ANOTHER = 'sea-1';
const STORM = 20;
const HOT = 4;
const RUN = 50;
/** Targets at once: what infra gives the app. */
const PLACES = 64;
/** No request to a table is given up here, however busy the machine is. */
const PATIENCE_MS = 600_000;
const APART_MS = 60_000;
const DAY_SECONDS = 24 * 3600;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const secretName = (index: number): string => `app-1--svc-${index}--password`;

/** How many of each kind. */
type Requests = Readonly<Record<string, number>>;

interface Counting extends Pick<World, 'settings' | 'set'> {
  ports: Ports & Pick<World['ports'], 'clock' | 'queue'>;
  /** Since the last call. */
  requests(): Requests;
  register: (documents: readonly object[]) => Promise<void>;
  stop: () => Promise<void>;
}

const tally = (keys: readonly string[]): Requests =>
  Object.fromEntries([...Map.groupBy(keys, (key) => key)].map(([key, { length }]) => [key, length]));

function counter({ ports }: World, { tables }: LocalStorage): Counting['requests'] {
  const logs = [ports.vault.log, ports.kubernetes.log, ports.queue.log];
  const tableIn = (path: string): string => /^\/[^/]+\/([$\w]+)/.exec(path)?.[1] ?? path;
  return () => {
    const asked = tables.requests.splice(0).map(({ method, path }) => `table ${method} ${tableIn(path)}`);
    const called = logs
      .flatMap((log) => log.splice(0))
      .map((call) => call.replace(/ .*/, '').replace('.', ' '));
    return tally([...asked, ...called]);
  };
}

/**
 * Vault, clusters and queues as fakes, on a clock that stands still while anything runs, so that nothing is late; tables
 * for real, so that what goes in one request counts as one.
 */
async function startCounting(): Promise<Counting> {
  const storage = await startAzurite();
  await createTables(storage);
  const world = createWorld({
    clusters: Object.fromEntries([...CLUSTERS, ANOTHER].map((name) => [name, {}])),
  });
  const tables = { connection: { connectionString: storage.connectionString }, timeoutMs: PATIENCE_MS };
  const person = createPerson(storage);
  const register: Counting['register'] = async (documents) => {
    await person.apply(documents.map((document) => stringify(document)).join('---\n'));
  };
  await register([...CLUSTERS.map((name) => writtenCluster(name)), writtenRoute()]);
  const ports = { ...world.ports, registry: createRegistry(tables), status: createStatus(tables) };
  return {
    ports,
    settings: { ...world.settings, process: createProcess(ports, PLACES) },
    set: (...given) => world.set(...given),
    requests: counter(world, storage),
    register,
    stop: () => storage.stop(),
  };
}

/** New versions of these secrets, and all their events at once. */
async function rotate(
  { ports, settings, set }: Counting,
  indexes: readonly number[],
  value: string,
): Promise<void> {
  for (const index of indexes) set(secretName(index), value);
  const events = indexes.map((index, at) => aSecretEvent({ name: secretName(index), id: `${value}-${at}` }));
  await Promise.all(events.map((event) => onVaultEvent([event], ports, settings)));
}

/** A run over all clusters. */
async function reconcile({ ports, settings }: Counting): Promise<void> {
  const { queue } = ports;
  await startRun(ports);
  for (let next = queue.receive('reconcile'); next; next = queue.receive('reconcile')) {
    await onReconcileMessage(next.message, ports, settings);
    next.complete();
  }
}

/** What each step cost, by its name. */
async function measured(
  counting: Counting,
  steps: readonly (readonly [what: string, step: () => Promise<void>])[],
): Promise<Record<string, Requests>> {
  const seen: Record<string, Requests> = {};
  for (const [what, step] of steps) {
    // What earlier steps read is too old for this one.
    await counting.ports.clock.advance(APART_MS);
    counting.requests();
    await step();
    seen[what] = counting.requests();
  }
  return seen;
}

async function costOfEvents(counting: Counting): Promise<Record<string, Requests>> {
  const again = aSecretEvent({ name: secretName(0), id: 'again' });
  const hot = numbers(STORM).map((index) => index % HOT);
  return measured(counting, [
    ['an event that creates Secrets', () => rotate(counting, [0], 'created')],
    ['an event that changes Secrets', () => rotate(counting, [0], 'changed')],
    ['an event that comes again', () => onVaultEvent([again], counting.ports, counting.settings)],
    [
      `${STORM} events at once that create Secrets`,
      () => rotate(counting, numbers(STORM + 1).slice(1), 'storm'),
    ],
    [`${STORM} events at once that change Secrets`, () => rotate(counting, numbers(STORM), 'another')],
    [`${STORM} events at once of ${HOT} secrets`, () => rotate(counting, hot, 'hot')],
  ]);
}

async function costOfRuns(counting: Counting): Promise<Record<string, Requests>> {
  const { ports, register } = counting;
  const created = Math.floor(ports.clock.now() / 1000) - DAY_SECONDS;
  for (const index of numbers(RUN)) counting.set(secretName(index), 'value', { created, updated: created });
  const named = (names: readonly string[]) => writtenRoute('app-1', { clusters: { names } });
  await register([named(CLUSTERS)]);
  const first = await measured(counting, [
    [`a run that rolls ${RUN} secrets out`, () => reconcile(counting)],
    ['a run where nothing changed', () => reconcile(counting)],
    ['a run that finds all as that run did', () => reconcile(counting)],
  ]);
  await register([writtenCluster(ANOTHER), named([...CLUSTERS, ANOTHER])]);
  return {
    ...first,
    ...(await measured(counting, [
      ['a run after a route named one cluster more', () => reconcile(counting)],
    ])),
  };
}

/** What was seen, in the words of what is written down: a number that is small enough is no other. */
function inWordsOf(cost: Cost | undefined, seen: Requests): Cost {
  const words = { ...seen, ...cost };
  for (const [kind, written] of Object.entries(words)) {
    const count = seen[kind] ?? 0;
    words[kind] = typeof written === 'object' && count <= written.atMost ? written : count;
  }
  return words;
}

describe('requests', () => {
  const seen: Record<string, Requests> = {};
  const open: Counting[] = [];
  beforeAll(async () => {
    for (const cost of [costOfEvents, costOfRuns]) {
      const counting = await startCounting();
      open.push(counting);
      Object.assign(seen, await cost(counting));
    }
  }, 240_000);
  afterAll(async () => void (await Promise.all(open.map(({ stop }) => stop()))));

  it('were counted of all that is written down, and of nothing else', () => {
    expect(Object.keys(seen)).toEqual(Object.keys(COSTS));
  });

  it.each(Object.entries(COSTS))('of %s are those that are written down', (what, cost) => {
    expect(inWordsOf(cost, seen[what] ?? {})).toEqual(cost);
  });
});
