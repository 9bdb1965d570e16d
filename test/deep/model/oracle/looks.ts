import type { Listing, SourceProperties, SourceRead } from '../../../../shared/source/source.ts';
import type { LogLine } from '../../../../shared/status/log-line.ts';
import { refOf, type TargetStatus } from '../../../../shared/status/target.ts';
import type { LiveSecret, SecretMetadata } from '../../../../shared/target/secret.ts';
import type { Call } from '../world/call.ts';
import { keyOf, latestOf, type Moment, type State } from '../world/history.ts';
import type { Observer, Task, Universe } from '../world/shape.ts';
import { isOurs, sourcesOf } from './secrets.ts';

/** Of a whole Secret, instead of a source. */
export const WHOLE = '*';

/** What somebody saw of a source of a Secret, or of the Secret itself: `claimed` or `orphaned`. */
export interface Look {
  atMs: number;
  state: State | 'claimed' | 'orphaned';
  /** The run whose listing saw it; undefined of a push. */
  run: string | undefined;
  task: Task;
  /** Whether its row was written: only then it can end a proof. */
  counts: boolean;
}

/** What one invocation was answered so far. */
interface Seen {
  routes: Moment | undefined;
  isBad: boolean;
  listing: Listing | undefined;
  secrets: Map<string, LiveSecret>;
  run: string | undefined;
  cluster: string | undefined;
  /** Looks that wait for their row: by place. */
  open: Map<string, Look[]>;
  /** Places of which it said that all is done. */
  done: Set<string>;
  /** A call to the status tables failed. */
  isHampered: boolean;
}

export interface Looks extends Observer {
  /** Every look at this source of this Secret, as long as it has this uid and recorded entry. */
  of(place: string, secret: SecretMetadata, source: string): readonly Look[];
  /** Nothing runs: looks whose row could not be written, and that nobody repeats, count while what they saw still holds. */
  rest(): void;
}

const DONE = new Set(['DELIVERED', 'UNCHANGED', 'REMOVED', 'EXPIRED', 'SOURCE_DISABLED', 'SOURCE_DELETED']);
const GIVE_UP_MS = 24 * 3_600_000;
const ROUTING_AGE_MS = 2100;

export function createLooks(universe: Universe): Looks {
  const { time, history, queue } = universe;
  const looks = new Map<string, Look[]>();
  const seen = new Map<Task, Seen>();
  let pending: { look: Look; place: string; source: string }[] = [];

  const of = (task: Task): Seen => {
    const known = seen.get(task);
    if (known !== undefined) return known;
    const fresh = newSeen(task);
    seen.set(task, fresh);
    return fresh;
  };
  const note = (
    place: string,
    secret: SecretMetadata,
    source: string,
    look: Omit<Look, 'atMs' | 'counts'>,
  ) => {
    const key = keyFor(place, secret, source);
    const made: Look = { ...look, atMs: time.now(), counts: false };
    looks.set(key, [...(looks.get(key) ?? []), made]);
    const { open } = of(look.task);
    open.set(place, [...(open.get(place) ?? []), made]);
    if (look.run === undefined) pending.push({ look: made, place, source });
  };

  /** A run has listed vault and cluster: it saw every managed Secret, and what became of its sources. */
  const listed = (task: Task, cluster: string, secrets: readonly SecretMetadata[]): void => {
    const { routes, listing, isBad, run } = of(task);
    if (routes === undefined || listing === undefined || isBad || run === undefined) return;
    for (const secret of secrets) {
      const place = `${cluster}/${secret.namespace}/${secret.name}`;
      if (!isOurs({ ...secret, cluster })) continue;
      const names = [...listing.secrets.keys(), ...sourcesOf(secret).keys()];
      const isClaimed = names.some((name) => isTaken(routes, name, secret));
      note(place, secret, WHOLE, { task, run, state: isClaimed ? 'claimed' : 'orphaned' });
      for (const source of sourcesOf(secret).keys()) {
        const state = stateIn(listing.secrets.get(source), listing.readAt);
        if (isClaimed) note(place, secret, source, { task, run, state });
      }
    }
  };
  /** A delivery has read a source, after it observed these Secrets. */
  const read = (task: Task, source: string, answer: SourceRead): void => {
    const { secrets, routes } = of(task);
    const state = answer.state === 'readable' ? stateIn(answer.version, answer.version.readAt) : answer.state;
    for (const [place, secret] of secrets) {
      if (routes === undefined || !isTaken(routes, source, secret)) continue;
      note(place, secret, WHOLE, { task, run: undefined, state: 'claimed' });
      if (sourcesOf(secret).has(source)) note(place, secret, source, { task, run: undefined, state });
    }
  };
  const count = (task: Task, place: string): void => {
    const { open } = of(task);
    for (const look of open.get(place) ?? []) look.counts = true;
    open.delete(place);
  };
  const saved = (task: Task, rows: readonly { row: TargetStatus }[], lost: unknown): void => {
    const failed = new Set(lost as readonly unknown[]);
    for (const write of rows) {
      const { cluster, namespace, name } = refOf(write.row);
      if (!failed.has(write) && write.row.fingerprint !== '') count(task, `${cluster}/${namespace}/${name}`);
    }
  };
  /** A run that went through its cluster has written every row that it had to. */
  const ended = (task: Task, { cluster, state }: { cluster: string; state: string }): void => {
    const { open, isHampered } = of(task);
    if (state !== 'done' || isHampered) return;
    for (const place of [...open.keys()].filter((one) => one.startsWith(`${cluster}/`))) count(task, place);
  };

  const onAnswer: Record<string, (task: Task, call: Call, answer: never) => void> = {
    'registry.routes': (task, _call, answer: { bad: unknown[] }) => {
      const mine = of(task);
      mine.routes = history.now;
      mine.isBad ||= answer.bad.length > 0;
    },
    'registry.routesByPrefix': (task) => void (of(task).routes = history.now),
    // Told of what a process read for several: what it shows is known only where nothing changed meanwhile.
    'registry.routing': (task) => {
      const moments = history.since(history.markAt(time.now() - ROUTING_AGE_MS), time.now());
      const isSteady = new Set(moments.map(({ moment }) => JSON.stringify([...moment.routes]))).size === 1;
      if (isSteady) of(task).routes ??= history.now;
    },
    'vault.list': (task, _call, answer: Listing) => void (of(task).listing = answer),
    'vault.read': (task, { secret = '' }, answer: SourceRead) => read(task, secret, answer),
    'kubernetes.secret': (task, { place = '' }, answer: LiveSecret | undefined) => {
      if (answer !== undefined && isOurs(answer)) of(task).secrets.set(place, answer);
    },
    'kubernetes.managedSecrets': (task, { cluster = '' }, answer: SecretMetadata[]) =>
      listed(task, cluster, answer),
    'status.saveTargets': (task, { args }, answer) => saved(task, args[0] as { row: TargetStatus }[], answer),
    'status.saveRun': (task, { args }) => ended(task, args[0] as { cluster: string; state: string }),
  };

  return {
    of: (place, secret, source) => looks.get(keyFor(place, secret, source)) ?? [],
    answer: (call, task, answer) => onAnswer[`${call.port}.${call.method}`]?.(task, call, answer as never),
    fault({ port }, task) {
      if (port === 'status') of(task).isHampered = true;
    },
    line({ code, cluster, namespace, name }: LogLine, task) {
      if (task !== undefined && name !== undefined && DONE.has(code))
        of(task).done.add(`${cluster}/${namespace}/${name}`);
    },
    rest() {
      const waiting = queue.waiting('push').map(({ message }) => message as Record<string, string>);
      const isOnIt = (place: string, source: string): boolean =>
        waiting.some((one) =>
          one['kind'] === 'secret'
            ? one['secret'] === source || source === WHOLE
            : `${one['cluster']}/${one['namespace']}/${one['name']}` === place,
        );
      pending = pending.filter(({ look, place, source }) => {
        const isStill = isAsSeen(universe, look, place, source);
        if (look.counts || !isStill || !of(look.task).done.has(place) || isLate(look.task)) return false;
        if (isOnIt(place, source)) return true;
        look.counts = true;
        return false;
      });
      const open = new Set(pending.map(({ look }) => look.task));
      for (const task of seen.keys()) if (!open.has(task)) seen.delete(task);
    },
  };
}

function newSeen({ message }: Task): Seen {
  const { kind, run } = (message ?? {}) as { kind?: string; run?: string };
  return {
    routes: undefined,
    isBad: false,
    listing: undefined,
    secrets: new Map(),
    run: kind === 'shard' ? run : undefined,
    cluster: undefined,
    open: new Map(),
    done: new Set(),
    isHampered: false,
  };
}

/** What is older than a day is given up: nobody looks again. */
function isLate({ message, started }: Task): boolean {
  const { since } = (message ?? {}) as { since?: number };
  return since !== undefined && started.ms - since > GIVE_UP_MS - 3_600_000;
}

function keyFor(place: string, secret: SecretMetadata, source: string): string {
  if (source !== WHOLE) return `${place} ${secret.uid} ${source} ${sourcesOf(secret).get(source)}`;
  const { annotations } = secret;
  return `${place} ${secret.uid} ${annotations['vaultcast.dev/route']} ${annotations['vaultcast.dev/sources']}`;
}

function isTaken({ routes }: Moment, name: string, at: { namespace: string; name: string }): boolean {
  return [...routes.values()].some(
    (route) => !route.garbled && keyOf(route, name, at.namespace, at.name) !== undefined,
  );
}

/** `now` in Unix seconds, by the vault's clock. */
function stateIn(properties: SourceProperties | undefined, now: number): State {
  if (properties === undefined) return 'deleted';
  if (!properties.enabled) return 'disabled';
  if (properties.notBefore !== undefined && properties.notBefore > now) return 'not-yet-valid';
  return properties.expires !== undefined && properties.expires <= now ? 'expired' : 'valid';
}

/** Whether what a look saw has held ever since, and somebody asks for removals, so that it is worth being repeated. */
function isAsSeen({ history, time }: Universe, look: Look, place: string, source: string): boolean {
  const [cluster = '', namespace = '', name = ''] = place.split('/');
  const since = history.since(history.markAt(look.atMs), time.now());
  return since.every(({ moment }) => {
    const routes = [...moment.routes.values()];
    const mayRemove =
      moment.clusters.get(cluster)?.removesOrphans === true || routes.some((route) => route.removes);
    if (!mayRemove) return false;
    if (source === WHOLE)
      return [...moment.vault.keys()].some((one) => isTaken(moment, one, { namespace, name }));
    const latest = latestOf(moment, source);
    return latest?.enabled === true && latest.exp === undefined;
  });
}
