import { type Clock } from '../time.ts';

/** A piece of work that asks to be let in. */
interface Visitor<Work> {
  /**
   * What it is about: while one waits, another about the same is the same work; and while one runs, another that begins at
   * once would only meet its writes.
   */
  key: string;
  /** Whose it is: the places go round among those that wait. */
  tenant: string;
  work: Work;
  /** Does it, and what joined it: its own is the first. Whatever it reads, it reads after it was let in. */
  run: (all: readonly Work[]) => Promise<void>;
  /** Instead, when it could not be let in soon: must leave all of it where somebody else finds it. */
  leave: (all: readonly Work[]) => Promise<void>;
}

/** Lets work in, some at a time. */
export interface Admission<Work> {
  /**
   * Resolves when the work is done, or was left to others; rejects as `run` or `leave` do. Who finds another that waits for
   * the same joins it: what becomes of that one becomes of both.
   */
  admit(visitor: Visitor<Work>): Promise<void>;
}

interface Limits {
  /** Work that runs at once. */
  places: number;
  /** How long work waits for a place, ms. */
  patienceMs: number;
  /** Work that waits at once; what comes on top leaves at once. */
  line: number;
}

/** A visitor in the line, and what becomes of it. */
interface Waiting<Work> {
  visitor: Visitor<Work>;
  all: Work[];
  done: PromiseWithResolvers<void>;
  /** Ends its patience. */
  called: AbortController;
  /** It has waited for another about the same, and waits for that no more. */
  goesBeside: boolean;
}

/** Where all is well, work takes less; one that waits for a dead cluster must not keep the next one about the same from the others. */
const SAME_MS = 250;

/**
 * What a process takes on at once. A storm of events would else share one event loop, and each would look at the others'
 * queueing as at a cluster that does not answer; the platform sets no limit of its own
 * (https://github.com/MicrosoftDocs/azure-docs/issues/89397).
 */
export function createAdmission<Work>(clock: Clock, { places, patienceMs, line }: Limits): Admission<Work> {
  const running = newFloor<Work>();
  const waiting = newLine<Work>();
  const mayBegin = (one: Waiting<Work>): boolean => one.goesBeside || !running.isAbout(one.visitor.key);

  const run = async (one: Waiting<Work>): Promise<void> => {
    running.enter(one);
    await one.visitor.run(one.all).then(one.done.resolve, one.done.reject);
    running.leave(one);
    const next = waiting.shift(mayBegin);
    if (next === undefined) return;
    next.called.abort('let in');
    void run(next);
  };
  const bePatient = async (one: Waiting<Work>): Promise<void> => {
    const nap = (ms: number): Promise<void> => clock.sleep(ms, one.called.signal).catch(() => undefined);
    await nap(SAME_MS);
    one.goesBeside = true;
    if (running.size() < places && waiting.remove(one)) return void run(one);
    await nap(patienceMs - SAME_MS);
    if (waiting.remove(one)) leave(one);
    return undefined;
  };

  return {
    async admit(visitor) {
      const same = waiting.about(visitor.key);
      if (same !== undefined) {
        same.all.push(visitor.work);
        return same.done.promise;
      }
      const one = waitingOf(visitor);
      if (running.size() < places && mayBegin(one)) void run(one);
      else if (waiting.size() >= line) leave(one);
      else {
        waiting.push(one);
        void bePatient(one);
      }
      return one.done.promise;
    },
  };
}

function waitingOf<Work>(visitor: Visitor<Work>): Waiting<Work> {
  const done = Promise.withResolvers<void>();
  return { visitor, all: [visitor.work], done, called: new AbortController(), goesBeside: false };
}

function leave<Work>({ visitor, all, done }: Waiting<Work>): void {
  void visitor.leave(all).then(done.resolve, done.reject);
}

/** Those who run. */
function newFloor<Work>() {
  const byKey = new Map<string, Set<Waiting<Work>>>();
  let size = 0;
  return {
    size: () => size,
    isAbout: (key: string) => byKey.has(key),
    enter(one: Waiting<Work>): void {
      const { key } = one.visitor;
      byKey.set(key, (byKey.get(key) ?? new Set()).add(one));
      size += 1;
    },
    leave(one: Waiting<Work>): void {
      const { key } = one.visitor;
      const same = byKey.get(key);
      same?.delete(one);
      if (same?.size === 0) byKey.delete(key);
      size -= 1;
    },
  };
}

/** Those who wait: in their order within a tenant, and the tenants in turn. */
function newLine<Work>() {
  const byTenant = new Map<string, Waiting<Work>[]>();
  const byKey = new Map<string, Waiting<Work>>();
  return {
    size: () => byKey.size,
    about: (key: string) => byKey.get(key),
    push(one: Waiting<Work>): void {
      const { tenant, key } = one.visitor;
      byTenant.set(tenant, [...(byTenant.get(tenant) ?? []), one]);
      byKey.set(key, one);
    },
    /** The first that may begin, of the tenant whose turn it is; that tenant is the last one then. */
    shift(mayBegin: (one: Waiting<Work>) => boolean): Waiting<Work> | undefined {
      for (const [tenant, line] of byTenant) {
        const one = line.find(mayBegin);
        if (one === undefined) continue;
        const rest = line.filter((other) => other !== one);
        byTenant.delete(tenant);
        if (rest.length > 0) byTenant.set(tenant, rest);
        byKey.delete(one.visitor.key);
        return one;
      }
      return undefined;
    },
    /** False when it waits no more. */
    remove(one: Waiting<Work>): boolean {
      const { tenant, key } = one.visitor;
      if (byKey.get(key) !== one) return false;
      byKey.delete(key);
      const rest = (byTenant.get(tenant) ?? []).filter((other) => other !== one);
      if (rest.length > 0) byTenant.set(tenant, rest);
      else byTenant.delete(tenant);
      return true;
    },
  };
}
