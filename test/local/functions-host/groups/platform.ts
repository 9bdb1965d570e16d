import { pause } from '../pause.ts';
import type { IndexedFunction } from '../worker/messages.ts';
import type { Worker } from '../worker/process.ts';
import { createInstance } from './instance.ts';
import type { Deployment, Instance } from './instance.ts';
import { startListeners } from './listeners.ts';
import { groupOf } from './names.ts';

/** Whatever runs the instances of an app: one for each group of functions. */
export interface Platform extends Deployment {
  functions: readonly IndexedFunction[];
  /** The instance that runs this function; the next one, when the last one fell. */
  instanceOf(fn: IndexedFunction): Promise<Instance>;
  /** All listeners have looked once. */
  ready: Promise<void>;
  /** Nothing is taken from queues and timers any more; requests still are. */
  drain(): void;
  /** Resolves when everything has ended that was given the time to. */
  stop(): Promise<void>;
}

interface Group {
  next(): Promise<Instance>;
  ready: Promise<void>;
  ended: Promise<void>;
}

interface GroupOptions {
  deployment: Deployment;
  functions: readonly IndexedFunction[];
  stop: AbortSignal;
  drain: AbortSignal;
  first?: Worker | undefined;
  onFall: () => void;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** One instance after the other: who asks while there is none waits for the next. */
function keepGroup({ deployment, functions, stop, drain, first, onFall }: GroupOptions): Group {
  let current = Promise.withResolvers<Instance>();
  const ready = Promise.withResolvers<void>();
  const live = async (instance: Instance): Promise<void> => {
    const listeners = startListeners(instance, functions, AbortSignal.any([instance.ending, drain]));
    current.resolve(instance);
    void listeners.looked.then(ready.resolve);
    await aborted(instance.ending);
    current = Promise.withResolvers();
    await Promise.race([Promise.all([listeners.ended, instance.idle()]), instance.patience()]);
    await instance.end();
  };
  const keep = async (): Promise<void> => {
    await live(createInstance(deployment, stop, first));
    while (!stop.aborted) {
      onFall();
      await pause(deployment.knobs.restartMs, stop);
      if (!stop.aborted) await live(createInstance(deployment, stop));
    }
  };
  return { next: () => current.promise, ready: ready.promise, ended: keep() };
}

/** @param first the worker that told what functions there are; it serves requests from now on */
export function startPlatform(
  deployment: Deployment,
  functions: readonly IndexedFunction[],
  first: Worker,
  onFall: (group: string) => void,
): Platform {
  const { groups: mode } = deployment.knobs;
  const [stop, drain] = [new AbortController(), new AbortController()];
  const groups = new Map<string, Group>();
  const byName = Map.groupBy(functions, (fn) => groupOf(fn, mode));
  for (const [name, members] of byName) {
    const isFirst = name === 'http' || name === 'all';
    const options = { deployment, functions: members, stop: stop.signal, drain: drain.signal };
    const group = { ...options, first: isFirst ? first : undefined, onFall: () => onFall(name) };
    groups.set(name, keepGroup(group));
  }
  const all = [...groups.values()];
  return {
    ...deployment,
    functions,
    instanceOf(fn) {
      const group = groups.get(groupOf(fn, mode));
      if (!group) throw new Error(`function ${fn.name} is in no group`);
      return group.next();
    },
    ready: Promise.all(all.map((group) => group.ready)).then(() => undefined),
    drain: () => drain.abort(),
    async stop() {
      stop.abort();
      await Promise.all(all.map((group) => group.ended));
    },
  };
}
