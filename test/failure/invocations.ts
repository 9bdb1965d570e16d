import { aSecretEvent } from '../support/builders.ts';
import { aPushMessage, aShard } from '../support/contracts/queue.ts';
import type { World } from '../support/world.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const LONGEST_MS = 9.5 * MINUTE_MS;

export const CLUSTERS = Array.from({ length: 20 }, (_, index) => `weu-${index + 1}`);
const OTHERS = Array.from({ length: 980 }, (_, index) => `neu-${index + 1}`);

const RUN = '20261119T235959Z-3fa9';
const BY = { run: RUN, author: 'ana' };
const events = Array.from({ length: 80 }, (_, index) => aSecretEvent({ name: `app-1--s${index}--password` }));
const message = (world: World) => ({ ...aPushMessage(), since: world.ports.clock.now() });
const work = { vault: 'team', secret: 'app-1--s1--password' };
const asked = (fields: object) => ({ query: new URLSearchParams({ ...fields }), headers: new Headers() });

/** What a function is called with. */
interface Invocation {
  /** Of the function. */
  name: string;
  what: string;
  input: unknown;
  /** It has ended then, however slow everything else is. */
  mostMs: number;
  /** That are registered; twenty unless said. */
  clusters?: readonly string[];
}

const eventMs = 28 * SECOND_MS;
const recordMs = 2 * MINUTE_MS;

/** Each function with each kind of work that it has. */
export const CASES: Invocation[] = [
  { name: 'on-vault-event', what: 'an event', input: events[1], mostMs: eventMs },
  { name: 'on-vault-event-queue', what: 'an event', input: events[1], mostMs: eventMs },
  { name: 'on-vault-event-queue', what: '80 events in one message', input: events, mostMs: MINUTE_MS },
  { name: 'on-vault-event-queue', what: 'text', input: 'text', mostMs: recordMs },
  { name: 'push-retry', what: 'a target', input: message, mostMs: MINUTE_MS },
  { name: 'push-retry', what: 'text', input: 'text', mostMs: recordMs },
  {
    name: 'reconcile-shard',
    what: 'a shard of twenty clusters',
    input: aShard({ run: RUN, clusters: CLUSTERS }),
    mostMs: LONGEST_MS,
  },
  {
    name: 'reconcile-shard',
    what: 'a run that a person asked for',
    input: { ...aShard({ clusters: CLUSTERS }), kind: 'reconcile', ...BY },
    mostMs: LONGEST_MS,
  },
  {
    name: 'reconcile-shard',
    what: 'a check of twenty clusters',
    input: { kind: 'check', ...BY, clusters: CLUSTERS },
    mostMs: LONGEST_MS,
  },
  { name: 'reconcile-shard', what: 'a push', input: { kind: 'push', ...BY, ...work }, mostMs: recordMs },
  {
    name: 'reconcile-shard',
    what: 'an acknowledgement',
    input: { kind: 'ack', ...BY, cluster: 'weu-1', id: 'app-1:pg', code: 'CLUSTER_FAILED' },
    mostMs: recordMs,
  },
  { name: 'reconcile-shard', what: 'text', input: 'text', mostMs: recordMs },
  {
    name: 'reconcile-timer',
    what: 'a run of 1,000 clusters that is late',
    input: { isPastDue: true, scheduleStatus: { next: '2026-11-19T23:45:00Z' } },
    mostMs: LONGEST_MS,
    clusters: [...CLUSTERS, ...OTHERS],
  },
  { name: 'gave-up-push', what: 'a target', input: message, mostMs: recordMs },
  { name: 'gave-up-push', what: 'text', input: 'text', mostMs: recordMs },
  {
    name: 'gave-up-reconcile',
    what: 'a shard of twenty clusters',
    input: aShard({ run: RUN, clusters: CLUSTERS }),
    mostMs: recordMs,
  },
  { name: 'gave-up-vault-events', what: '80 events in one message', input: events, mostMs: recordMs },
  {
    name: 'gave-up-vault-events',
    what: '80 events about one secret',
    input: events.map(() => events[1]),
    mostMs: recordMs * 2,
  },
  { name: 'health', what: 'anybody', input: {}, mostMs: SECOND_MS },
  { name: 'status', what: 'a question about everything', input: asked({}), mostMs: recordMs },
  {
    name: 'status',
    what: 'a question about a secret',
    input: asked({ secret: 'app-1--s1--password' }),
    mostMs: recordMs,
  },
  {
    name: 'owners-status',
    what: 'a question of an owner',
    input: asked({ secret: 'app-1--s1--password' }),
    mostMs: recordMs,
  },
  {
    name: 'metrics',
    what: 'a question about 1,000 clusters',
    input: asked({}),
    mostMs: recordMs,
    clusters: [...CLUSTERS, ...OTHERS],
  },
];

/** Some work is too old for a world unless it says when it began there. */
export function inputFor(world: World, input: unknown): unknown {
  return typeof input === 'function' ? (input(world) as unknown) : input;
}
