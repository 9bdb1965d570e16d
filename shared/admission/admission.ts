import { type Clock } from '../time.ts';

/** A piece of work that asks to be let in. */
interface Visitor<Work> {
  /** What it is about: while one waits, another about the same is the same work. */
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
}

/**
 * What a process takes on at once. A storm of events would else share one event loop, and each would look at the others'
 * queueing as at a cluster that does not answer; the platform sets no limit of its own
 * (https://github.com/MicrosoftDocs/azure-docs/issues/89397).
 */
export function createAdmission<Work>(clock: Clock, { places, patienceMs, line }: Limits): Admission<Work> {
  let running = 0;
  const waiting = newLine<Work>();

  const run = async ({ visitor, all, done }: Waiting<Work>): Promise<void> => {
    running += 1;
    await visitor.run(all).then(done.resolve, done.reject);
    running -= 1;
    const next = waiting.shift();
    if (next === undefined) return;
    next.called.abort();
    void run(next);
  };
  const leave = ({ visitor, all, done }: Waiting<Work>): void =>
    void visitor.leave(all).then(done.resolve, done.reject);
  const bePatient = async (one: Waiting<Work>): Promise<void> => {
    await clock.sleep(patienceMs, one.called.signal).catch(() => undefined);
    if (waiting.remove(one)) leave(one);
  };

  return {
    async admit(visitor) {
      const same = waiting.about(visitor.key);
      if (same !== undefined) {
        same.all.push(visitor.work);
        return same.done.promise;
      }
      const one = waitingOf(visitor);
      if (running < places) void run(one);
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
  return { visitor, all: [visitor.work], done, called: new AbortController() };
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
    /** The first of the tenant whose turn it is; that tenant is the last one then. */
    shift(): Waiting<Work> | undefined {
      const [turn] = byTenant;
      if (turn === undefined) return undefined;
      const [tenant, [one, ...rest]] = turn;
      byTenant.delete(tenant);
      if (rest.length > 0) byTenant.set(tenant, rest);
      if (one !== undefined) byKey.delete(one.visitor.key);
      return one;
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
