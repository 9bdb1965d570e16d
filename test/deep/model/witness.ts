import type { LiveSecret } from '../../../shared/target/secret.ts';
import { INSTANCE } from '../../support/builders.ts';
import { SECRETS } from './program.ts';
import { accepts, type History, keyOf, type Mark, type Moment, stateOf } from './history.ts';
import type { Gate, Task, Universe } from './universe.ts';

/** Values name their secret and the number of their version: `app-1--pg--user#3`. */
export const valueOf = (name: string, version: number): string => `${name}#${version}`;

interface Told {
  name: string;
  version: number;
}

export function toldBy(base64: string): Told | undefined {
  const [, name, version] = /^([a-z0-9-]+)#(\d+)$/.exec(Buffer.from(base64, 'base64').toString()) ?? [];
  return name === undefined ? undefined : { name, version: Number(version) };
}

export function isOurs({ labels, annotations, cluster, namespace, name }: LiveSecret): boolean {
  return (
    labels['app.kubernetes.io/managed-by'] === 'vaultcast' &&
    labels['vaultcast.dev/instance'] === INSTANCE &&
    annotations['vaultcast.dev/target'] === `${cluster}/${namespace}/${name}`
  );
}

/** Source -> version id, as the annotation says. */
export function sourcesOf(secret: LiveSecret | undefined): Map<string, string> {
  const text = secret?.annotations['vaultcast.dev/sources'] ?? '';
  const entries = text.split(',').flatMap((entry) => {
    const [, name, version] = /^team\/([a-z0-9-]+)@([0-9a-f]+):\d+$/.exec(entry) ?? [];
    return name === undefined || version === undefined ? [] : [[name, version] as const];
  });
  return new Map(entries);
}

interface Change {
  task: Task;
  target: { cluster: string; namespace: string; name: string };
  before: LiveSecret | undefined;
  after: LiveSecret | undefined;
}

type Judged = { moment: Moment; times: number[] };

/** Watches every write of an instance at the moment it takes effect, and notes what breaks a rule. */
export class Witness {
  readonly wrongs: string[] = [];
  private readonly universe: Universe;
  private readonly history: History;
  /** `cluster uid source` -> the number of the last version that an instance wrote. */
  private readonly written = new Map<string, number>();
  private readonly lags: { since: Mark; until: number }[] = [];

  constructor(universe: Universe) {
    this.universe = universe;
    this.history = universe.history;
  }

  lagBegins(): void {
    this.lags.push({ since: this.mark(), until: Number.POSITIVE_INFINITY });
  }

  lagEnds(): void {
    for (const lag of this.lags) lag.until = Math.min(lag.until, this.mark().index);
  }

  private mark(): Mark {
    return this.history.mark(this.universe.ports.clock.now());
  }

  /** A person took away what the next push would compare with. */
  forget({ cluster, uid }: LiveSecret): void {
    for (const key of this.written.keys()) if (key.startsWith(`${cluster} ${uid} `)) this.written.delete(key);
  }

  /** Lets the call take effect, and judges it. */
  async watch({ task, call }: Gate, takeEffect: () => Promise<void>): Promise<void> {
    this.noteConsent(task, call);
    const target = targetOf(call);
    if (target === undefined) return takeEffect();
    const people = this.universe.ports.kubernetes.people(target.cluster);
    const before = people.secret(target.namespace, target.name);
    await takeEffect();
    const after = people.secret(target.namespace, target.name);
    if (idOf(before) !== idOf(after)) this.judge({ task, target, before, after });
    return undefined;
  }

  private noteConsent(task: Task, call: string): void {
    const [, namespace] = /^kubernetes\.namespace (.+)$/.exec(call) ?? [];
    if (namespace === undefined || task.looked.has(namespace)) return;
    task.looked.set(namespace, this.mark());
  }

  private judge(change: Change): void {
    const { before, after } = change;
    if (before !== undefined && !isOurs(before)) this.wrong(change, 'touched a Secret that is not ours');
    const judged = this.judgedSince(change);
    if (after === undefined) this.judgeDeletion(change, judged);
    else {
      this.judgeSources(change, after, judged);
      this.judgeVersions(change, after);
      if (before === undefined) this.judgeCreation(change, after, judged);
      else this.judgeLoss(change, before, after, judged);
    }
  }

  /** What the instance may have seen: everything since it looked, or since its vault's replica stood still. */
  private judgedSince({ task, target }: Change): Judged[] {
    const from = task.looked.get(`${target.cluster}/${target.namespace}`) ?? task.started;
    const lag = this.lags.find(({ since, until }) => until >= from.index && since.index <= from.index);
    return this.history.since(lag?.since ?? from, this.mark().ms);
  }

  private sinceStart({ task }: Change): Judged[] {
    return this.history.since(task.started, this.mark().ms);
  }

  private judgeSources(change: Change, after: LiveSecret, judged: readonly Judged[]): void {
    const { cluster, namespace, name: target } = change.target;
    const routeName = after.annotations['vaultcast.dev/route'] ?? '';
    const since = this.sinceStart(change);
    const isAwake = since.some(
      ({ moment }) =>
        moment.clusters.get(cluster)?.paused === false && moment.routes.get(routeName)?.paused === false,
    );
    if (!isAwake) this.wrong(change, 'wrote for a route or a cluster that is paused or gone');
    for (const source of sourcesOf(after).keys()) {
      if (!judged.some(({ moment }) => accepts(moment, cluster, namespace, source)))
        this.wrong(change, `wrote ${source}, which the namespace does not accept`);
      if (!since.some(({ moment }) => keyOf(moment.routes.get(routeName), source, namespace, target)))
        this.wrong(change, `wrote ${source}, which no route takes there`);
    }
  }

  private judgeVersions(change: Change, after: LiveSecret): void {
    const recorded = sourcesOf(after);
    const found = change.before?.uid === after.uid ? change.before.data : {};
    for (const [key, value] of Object.entries(after.data).filter(([one, now]) => found[one] !== now)) {
      const { name, version } = toldBy(value) ?? { name: 'nothing', version: 0 };
      if (version !== numberOf(recorded.get(name)))
        this.wrong(change, `key ${key} holds version ${version} of ${name}, which is not recorded`);
    }
    for (const source of SECRETS) this.judgeOrder(change, after, source, numberOf(recorded.get(source)));
  }

  private judgeOrder(change: Change, after: LiveSecret, source: string, version: number): void {
    const id = `${after.cluster} ${after.uid} ${source}`;
    const last = this.written.get(id);
    if (last !== undefined && version < last)
      this.wrong(change, `${source} went back from version ${last} to ${version}`);
    if (Number.isNaN(version)) this.written.delete(id);
    else this.written.set(id, version);
  }

  /** What was there, valid and accepted all the while must be in a Secret that is created. */
  private judgeCreation(change: Change, after: LiveSecret, judged: readonly Judged[]): void {
    const { cluster, namespace, name: target } = change.target;
    const route = after.annotations['vaultcast.dev/route'] ?? '';
    const recorded = sourcesOf(after);
    for (const source of SECRETS) {
      const due = judged.every(
        ({ moment, times }) =>
          keyOf(moment.routes.get(route), source, namespace, target) !== undefined &&
          accepts(moment, cluster, namespace, source) &&
          times.every((at) => stateOf(moment, source, at) === 'valid'),
      );
      if (due && !recorded.has(source)) this.wrong(change, `was created without ${source}`);
    }
  }

  /** A key may go with its route or consent, or by its route's option after an hour; what people added goes at once. */
  private judgeLoss(change: Change, before: LiveSecret, after: LiveSecret, judged: readonly Judged[]): void {
    for (const [key, value] of Object.entries(before.data)) {
      const told = toldBy(value);
      if (Object.hasOwn(after.data, key) || told === undefined) continue;
      const route = after.annotations['vaultcast.dev/route'] ?? '';
      if (!this.mayLose(change, told.name, key, route, judged))
        this.wrong(change, `lost key ${key} of ${told.name}`);
    }
  }

  private mayLose(
    change: Change,
    source: string,
    key: string,
    route: string,
    judged: readonly Judged[],
  ): boolean {
    const { cluster, namespace, name: target } = change.target;
    const isFed = ({ moment }: Judged): boolean =>
      keyOf(moment.routes.get(route), source, namespace, target) === key &&
      accepts(moment, cluster, namespace, source);
    if (!this.sinceStart(change).every(isFed) || !judged.every(isFed)) return true;
    if (!sourcesOf(change.before).has(source) && this.wasDeleted(source, judged)) return true;
    const asked = judged.some(({ moment }) => moment.routes.get(route)?.removes === true);
    const states = new Set(
      judged.flatMap(({ moment, times }) => times.map((at) => stateOf(moment, source, at))),
    );
    const before = this.history.anHourBefore(this.universe.ports.clock.now());
    const proven = (['disabled', 'deleted', 'expired'] as const).some(
      (state) =>
        states.has(state) &&
        before.some(({ moment, times }) => times.some((at) => stateOf(moment, source, at) === state)),
    );
    return asked && proven;
  }

  /** Where a person took the record of it away, nothing tells that a key had a source which is deleted by now. */
  private wasDeleted(source: string, judged: readonly Judged[]): boolean {
    return judged.some(({ moment, times }) => times.some((at) => stateOf(moment, source, at) === 'deleted'));
  }

  private judgeDeletion(change: Change, judged: readonly Judged[]): void {
    const { before, target } = change;
    const route = before?.annotations['vaultcast.dev/route'] ?? '';
    const keys = Object.entries(before?.data ?? {});
    const byFate = keys.every(([key, value]) => {
      const told = toldBy(value);
      return told === undefined || this.mayLose(change, told.name, key, route, judged);
    });
    const isOrphan = ({ moment }: Judged): boolean =>
      ![...moment.routes.values()].some((one) =>
        SECRETS.some((source) => keyOf(one, source, target.namespace, target.name) !== undefined),
      ) && ![...moment.routes.values()].some((one) => one.garbled);
    const asked = this.sinceStart(change).some(
      ({ moment }) => moment.clusters.get(target.cluster)?.removesOrphans === true,
    );
    const orphaned =
      asked &&
      judged.some(isOrphan) &&
      this.history.anHourBefore(this.universe.ports.clock.now()).some(isOrphan);
    if (!orphaned && !(byFate && keys.length > 0)) this.wrong(change, 'deleted the Secret without a reason');
  }

  private wrong({ task, target }: Change, what: string): void {
    this.wrongs.push(`${task.name} at ${target.cluster}/${target.namespace}/${target.name}: ${what}`);
  }
}

function idOf(secret: LiveSecret | undefined): string {
  return `${secret?.uid} ${secret?.resourceVersion}`;
}

/** Version ids count up; NaN: there is none. */
function numberOf(version: string | undefined): number {
  return Number.parseInt(version ?? '', 16);
}

function targetOf(call: string) {
  const [, cluster, namespace, name] =
    /^kubernetes\.(?:create|replace|remove) ([^/]+)\/([^/]+)\/([^/]+)$/.exec(call) ?? [];
  return cluster === undefined || namespace === undefined || name === undefined
    ? undefined
    : { cluster, namespace, name };
}
