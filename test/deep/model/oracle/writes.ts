import type { LiveSecret } from '../../../../shared/target/secret.ts';
import type { Call } from '../world/call.ts';
import { accepts, type Judged, keyOf, latestOf, type Mark, stateOf } from '../world/history.ts';
import type { Observer, Task, Universe } from '../world/shape.ts';
import { type Bench, type Change, wrong } from './bench.ts';
import { judgeDeletion, judgeLoss } from './losses.ts';
import type { Looks } from './looks.ts';
import { judgeOrder } from './order.ts';
import type { Reads } from './reads.ts';
import type { Accuse } from './rules.ts';
import { idOf, isOurs, numberOf, routeOf, sourcesOf, toldBy } from './secrets.ts';

const ROUTING_AGE_MS = 2100;

/** Watches every write of an instance at the moment it takes effect, and notes what breaks a rule. */
export function createWrites(
  universe: Universe,
  { looks, reads }: { looks: Looks; reads: Reads },
  accuse: Accuse,
  behindMs: number,
): Observer & Bench {
  const { kubernetes, history, time, vault } = universe;
  const looked = new WeakMap<Task, Map<string, Mark>>();
  const tried = new WeakMap<Task, Set<string>>();
  const made = { anew: new Map(), makers: new Map(), held: new Set<string>(), written: new Map() };
  const bench: Bench = { universe, looks, reads, accuse, behindMs, ...made };

  const noteLook = (task: Task, { method, place = '' }: Call): void => {
    if (method === 'tryCreate') tried.set(task, (tried.get(task) ?? new Set<string>()).add(place));
    if (method !== 'namespace') return;
    const known = looked.get(task) ?? new Map<string, Mark>();
    if (!known.has(place)) known.set(place, history.mark(time.now()));
    looked.set(task, known);
  };
  const startOf = (task: Task, namespace: string): Mark => {
    const from = agedBy(task, looked.get(task)?.get(namespace) ?? task.started);
    const lag = vault.lags.find(({ since, until }) => until >= from.ms && since <= from.ms);
    return lag === undefined ? from : history.markAt(Math.min(lag.since, from.ms));
  };
  /** What an event asks of the registry may be a little old. */
  const agedBy = ({ message }: Task, mark: Mark): Mark => {
    const { kind } = (message ?? {}) as { kind?: string };
    return kind === 'shard' ? mark : history.markAt(mark.ms - ROUTING_AGE_MS);
  };
  const changeOf = (task: Task, place: string): Omit<Change, 'before' | 'after'> => {
    const [cluster = '', namespace = '', name = ''] = place.split('/');
    const judged = history.since(startOf(task, `${cluster}/${namespace}`), time.now());
    const since = history.since(agedBy(task, task.started), time.now());
    return { task, place, cluster, namespace, name, judged, since };
  };

  return {
    ...bench,
    edited(secret) {
      const { cluster, uid, namespace, name } = secret;
      noteMaker(bench, `${cluster}/${namespace}/${name}`, secret);
      for (const key of bench.written.keys())
        if (key.startsWith(`${cluster} ${uid} `)) bench.written.delete(key);
    },
    changed: () => bench.held.clear(),
    line({ code, cluster }) {
      if (code === 'REMOVAL_HELD' && cluster !== undefined) bench.held.add(cluster);
    },
    effect(call, task) {
      if (call.port !== 'kubernetes') return () => {};
      noteLook(task, call);
      const { method, place = '' } = call;
      if (method !== 'create' && method !== 'replace' && method !== 'remove') return () => {};
      const [cluster = '', namespace = '', name = ''] = place.split('/');
      const people = kubernetes.people(cluster);
      const before = people.secret(namespace, name);
      return (answer) => {
        const after = people.secret(namespace, name);
        const change = { ...changeOf(task, place), before, after };
        const wasTried = tried.get(task)?.has(place) === true;
        if (idOf(before) !== idOf(after)) judge(bench, change, method === 'remove', wasTried);
        else if (method === 'replace' && (answer as { kind: string }).kind === 'written')
          accuse('idle', `${task.name} writes ${place} as it stands already`, [place]);
      };
    },
  };
}

/** Who made a Secret may make it anew when it is gone, whoever else claims its place by then. */
function noteMaker({ makers }: Bench, place: string, secret: LiveSecret | undefined): void {
  const route = routeOf(secret);
  if (route !== undefined) makers.set(place, (makers.get(place) ?? new Set()).add(route));
}

function judge(bench: Bench, change: Change, isRemoval: boolean, wasTried: boolean): void {
  const { before, after, place, task } = change;
  noteMaker(bench, place, before);
  if (before !== undefined && !isOurs(before))
    wrong(bench, 'ours', change, 'touched a Secret that is not ours');
  if (isRemoval || after === undefined) {
    if (before !== undefined) judgeDeletion(bench, change, before, wasTried);
    return;
  }
  judgeSources(bench, change, after);
  judgeVersions(bench, change, after);
  if (before !== undefined) {
    judgeOwner(bench, change, before, after);
    return judgeLoss(bench, change, before, after);
  }
  const anew = bench.anew.get(place);
  if (anew?.task === task) judgeLoss(bench, change, anew.secret, after);
  else judgeContest(bench, change, after);
  judgeCreation(bench, change, after);
  bench.anew.delete(place);
}

function judgeSources(bench: Bench, change: Change, after: LiveSecret): void {
  const { cluster, namespace, name: target, since, judged } = change;
  const routeName = routeOf(after) ?? '';
  const isAwake = since.some(
    ({ moment }) =>
      moment.clusters.get(cluster)?.paused === false && moment.routes.get(routeName)?.paused === false,
  );
  if (!isAwake) wrong(bench, 'awake', change, 'wrote for a route or a cluster that is paused or gone');
  for (const source of sourcesOf(after).keys()) {
    if (!judged.some(({ moment }) => accepts(moment, cluster, namespace, source)))
      wrong(bench, 'accepted', change, `wrote ${source}, which the namespace does not accept`, source);
    if (!since.some(({ moment }) => keyOf(moment.routes.get(routeName), source, namespace, target)))
      wrong(bench, 'ours', change, `wrote ${source}, which no route takes there`, source);
  }
}

function judgeVersions(bench: Bench, change: Change, after: LiveSecret): void {
  const recorded = sourcesOf(after);
  const found = change.before?.uid === after.uid ? change.before.data : {};
  for (const [key, value] of Object.entries(after.data).filter(([one, now]) => found[one] !== now)) {
    const { name, version } = toldBy(value) ?? { name: 'nothing', version: 0 };
    if (version !== numberOf(recorded.get(name)))
      wrong(
        bench,
        'told',
        change,
        `key ${key} holds version ${version} of ${name}, which is not recorded`,
        name,
      );
  }
  for (const source of bench.universe.fleet.secrets)
    judgeOrder(bench, change, after.uid, source, numberOf(recorded.get(source)));
}

/** What was there, valid and accepted all the while must be in a Secret that is created. */
function judgeCreation(bench: Bench, change: Change, after: LiveSecret): void {
  const { cluster, namespace, name: target, judged } = change;
  const route = routeOf(after) ?? '';
  const recorded = sourcesOf(after);
  for (const source of bench.universe.fleet.secrets) {
    const isDue = judged.every(
      ({ moment, times }) =>
        keyOf(moment.routes.get(route), source, namespace, target) !== undefined &&
        accepts(moment, cluster, namespace, source) &&
        times.every((at) => stateOf(moment, source, at - bench.behindMs) === 'valid'),
    );
    if (isDue && !recorded.has(source))
      wrong(bench, 'whole', change, `was created without ${source}`, source);
  }
}

/** The routes that claim a target, through a source that its namespace accepts. */
export function claimantsAt(
  { moment }: Judged,
  { cluster, namespace, name }: Pick<Change, 'cluster' | 'namespace' | 'name'>,
  recorded: ReadonlyMap<string, string>,
): string[] {
  const names = [...moment.vault.keys()].filter(
    (one) => latestOf(moment, one) !== undefined || recorded.has(one),
  );
  return [...moment.routes.values()]
    .filter((route) => !route.garbled)
    .filter((route) =>
      names.some(
        (one) => keyOf(route, one, namespace, name) !== undefined && accepts(moment, cluster, namespace, one),
      ),
    )
    .map((route) => route.name);
}

function judgeContest(bench: Bench, change: Change, after: LiveSecret): void {
  if (bench.makers.get(change.place)?.has(routeOf(after) ?? '') === true) return;
  if (change.judged.every((one) => claimantsAt(one, change, new Map()).length > 1))
    wrong(bench, 'owner', change, 'was created although several routes claim it');
}

function judgeOwner(bench: Bench, change: Change, before: LiveSecret, after: LiveSecret): void {
  const owner = routeOf(before);
  if (owner === undefined || owner === routeOf(after)) return;
  const recorded = sourcesOf(before);
  if (change.judged.every((one) => claimantsAt(one, change, recorded).includes(owner)))
    wrong(bench, 'owner', change, `was taken from route ${owner}, which still claims it`);
}
