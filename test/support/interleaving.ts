import type { Scheduler } from 'fast-check';
import { onPushMessage, onVaultEvent } from '../../shared/sync.ts';
import { aSecretEvent } from './builders.ts';
import { VaultcastError } from '../../shared/errors.ts';
import type { Written } from '../../shared/target/secret.ts';
import type { FakeClock } from './fakes/clock.ts';
import { createWorld, type World } from './world.ts';

export const CLUSTERS = ['weu-1', 'weu-2'] as const;
export const SECRETS = ['app-1--pg--password', 'app-1--pg--user'] as const;

/** What happens in a run. */
export type Action =
  /** A new version, and the events that tell of it, so many times. */
  | { kind: 'rotate'; secret: number; told: number }
  /** An event that tells of nothing new, such as one that Event Grid held back. */
  | { kind: 'late event'; secret: number }
  | { kind: 'delete by hand'; cluster: number }
  | { kind: 'touch by hand'; cluster: number }
  /** An instance takes whatever waits in the queue, when its time has come or long after. */
  | { kind: 'poll' };

/** An action, so many turns of the scheduler after the one before it. */
interface Step {
  after: number;
  action: Action;
}

/** The call of this kind with this number waits many turns: long enough for others to come and go. */
export interface Stall {
  on: 'observation' | 'read' | 'write';
  number: number;
  turns: number;
}

export interface Script {
  steps: readonly Step[];
  stalls: readonly Stall[];
  /** Whether the targets are there, up to date, when the steps begin. */
  exists: boolean;
}

interface Run {
  world: World;
  /** Which version of each secret the latest one is; values end in it. */
  latest: number[];
  /** Versions that went back while a Secret lived. */
  regressions: string[];
  /** Writes that another one came before. */
  conflicts: number;
}

const UNTIL_GATE_MS = 200;

/** Gates open when the scheduler says so, and no time budget ever ends: the model is about order, not about time. */
function scheduledClock(scheduler: Scheduler): FakeClock {
  let time = Date.UTC(2026, 10, 20);
  return {
    now: () => time,
    random: () => 0.5,
    sleeping: () => 0,
    deafSince: () => 0,
    beDeaf: () => {},
    advance: async (ms) => void (time += ms),
    sleep: async (ms, signal) => {
      const given = Promise.withResolvers<void>();
      signal?.addEventListener('abort', () => given.reject(new VaultcastError('OUT_OF_TIME', 'given up')));
      if (ms <= UNTIL_GATE_MS) void scheduler.schedule(Promise.resolve(), 'gate').then(given.resolve);
      return given.promise;
    },
  };
}

/** Runs a script, each event and message on an instance of its own, every call in an order the scheduler picks. */
export async function runInterleaved(scheduler: Scheduler, { steps, stalls, exists }: Script): Promise<Run> {
  const world = createWorld({
    clock: scheduledClock(scheduler),
    clusters: Object.fromEntries(CLUSTERS.map((name) => [name, {}])),
  });
  const run: Run = { world, latest: SECRETS.map(() => 0), regressions: [], conflicts: 0 };
  for (const secret of SECRETS.keys()) rotate(run, secret);
  if (exists) await onVaultEvent([aSecretEvent({ name: SECRETS[0] })], world.ports, world.settings);
  countConflicts(run);
  world.before = interfering(run, stalls, scheduler);
  await scheduler.waitFor(perform(run, steps, scheduler));
  await drain(run, scheduler);
  return run;
}

function countConflicts(run: Run): void {
  const { kubernetes } = run.world.ports;
  const counted =
    <A extends unknown[]>(write: (...call: A) => Promise<Written>) =>
    async (...call: A): Promise<Written> => {
      const written = await write(...call);
      run.conflicts += Number(written.kind === 'conflict');
      return written;
    };
  const create = counted(kubernetes.create.bind(kubernetes));
  const replace = counted(kubernetes.replace.bind(kubernetes));
  Object.assign(kubernetes, { create, replace });
}

/** The steps begin one after the other, whether or not those before them have ended. */
async function perform(run: Run, steps: readonly Step[], scheduler: Scheduler): Promise<void> {
  const begun: Promise<void>[] = [];
  for (const { after, action } of steps) {
    for (let turn = 0; turn <= after; turn += 1) await scheduler.schedule(Promise.resolve(), 'next step');
    begun.push(take(run, action));
  }
  await Promise.all(begun);
}

const KINDS: readonly [Stall['on'], RegExp][] = [
  ['observation', /^kubernetes\.(?:namespace|secret) /],
  ['read', /^vault\.read/],
  ['write', /^kubernetes\.(?:create|replace|remove) /],
];

/** Every call to vault and clusters waits for its turn; after every effect the versions are looked at. */
function interfering(
  run: Run,
  stalls: readonly Stall[],
  scheduler: Scheduler,
): (call: string) => Promise<void> {
  const watch = watchVersions(run);
  const counts = new Map<string, number>();
  return async (call) => {
    watch();
    if (!/^(?:kubernetes|vault)\./.test(call) || call.endsWith(' done')) return;
    const kind = KINDS.find(([, pattern]) => pattern.test(call))?.[0] ?? '';
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    const stall = stalls.find((one) => one.on === kind && one.number === number);
    for (let turn = 0; turn <= (stall?.turns ?? 0); turn += 1)
      await scheduler.schedule(Promise.resolve(), call);
  };
}

function rotate({ world, latest }: Run, secret: number): void {
  const number = (latest[secret] ?? 0) + 1;
  latest[secret] = number;
  world.set(SECRETS[secret] ?? '', `${SECRETS[secret]}#${number}`);
}

async function take(run: Run, action: Action): Promise<void> {
  const { world } = run;
  // Versions often have the same date, in seconds: then only order protects them, no comparison of dates.
  await world.ports.clock.advance(50);
  switch (action.kind) {
    case 'rotate':
      rotate(run, action.secret);
      await Promise.all(Array.from({ length: action.told }, () => tell(run, action.secret)));
      return;
    case 'late event':
      return tell(run, action.secret);
    case 'poll':
      await poll(run);
      return;
    case 'delete by hand':
    case 'touch by hand':
      interfere(run, action);
  }
}

function interfere({ world }: Run, { kind, cluster }: Extract<Action, { cluster: number }>): void {
  const people = world.ports.kubernetes.people(CLUSTERS[cluster] ?? '');
  if (people.secret('app-1', 'pg') === undefined) return;
  if (kind === 'delete by hand') people.remove('app-1', 'pg');
  else
    people.edit('app-1', 'pg', (one) => {
      const touched = String(Number(one.metadata.labels?.['touched'] ?? 0) + 1);
      return { ...one, metadata: { ...one.metadata, labels: { ...one.metadata.labels, touched } } };
    });
}

async function tell({ world }: Run, secret: number): Promise<void> {
  const event = aSecretEvent({ name: SECRETS[secret] ?? '' });
  await onVaultEvent([event], world.otherProcess(), world.settings);
}

async function poll({ world }: Run): Promise<boolean> {
  const { queue, clock } = world.ports;
  const next = Math.min(...queue.waiting('push').map(({ visibleAt }) => visibleAt));
  if (next === Infinity) return false;
  await clock.advance(Math.max(0, next - clock.now()));
  const delivery = queue.receive('push');
  if (delivery === undefined) return false;
  await onPushMessage(delivery.message, world.otherProcess(), world.settings);
  delivery.complete();
  return true;
}

async function drain(run: Run, scheduler: Scheduler): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    const [one, other] = await scheduler.waitFor(Promise.all([poll(run), poll(run)]));
    if (!one && !other) return;
  }
  throw new Error('the queue does not run dry');
}

/** Looks at the Secrets: no source of one may go back while it lives. */
function watchVersions({ world, regressions }: Run): () => void {
  const highest = new Map<string, number>();
  return () => {
    for (const cluster of CLUSTERS) {
      const uid = world.ports.kubernetes.people(cluster).secret('app-1', 'pg')?.uid;
      for (const [key, value] of Object.entries(world.data(`${cluster}/app-1/pg`) ?? {})) {
        const source = `${cluster} ${uid} ${key}`;
        const number = Number(value.split('#')[1]);
        if (number < (highest.get(source) ?? 0)) regressions.push(`${source} went back to ${number}`);
        highest.set(source, Math.max(number, highest.get(source) ?? 0));
      }
    }
  };
}
