import type { Call } from '../world/call.ts';
import type { Instance, Observer, Task } from '../world/shape.ts';
import type { Accuse } from './rules.ts';

interface Counts {
  /** Invocations that wait for it. */
  waiting: number;
  /** Requests under way. */
  running: number;
  /** When the last request began, in the order of all that happened. */
  lastBegun: number;
}

/** Watches what each process asks of the vault beside what its invocations ask of the process. */
export function createShared(accuse: Accuse): Observer & { begins(call: Call, task: Task): () => void } {
  const counts = new WeakMap<Instance, Map<string, Counts>>();
  const of = ({ instance }: Task, { method, secret = '' }: Call): Counts => {
    const known = counts.get(instance) ?? new Map<string, Counts>();
    counts.set(instance, known);
    const key = `${method} ${secret}`;
    const found = known.get(key) ?? { waiting: 0, running: 0, lastBegun: 0 };
    known.set(key, found);
    return found;
  };
  const asked = new WeakMap<Call, number>();
  let order = 0;
  const isShared = ({ method }: Call): boolean => method === 'read' || method === 'list';
  return {
    asks(call, task) {
      if (!isShared(call)) return () => {};
      const mine = of(task, call);
      mine.waiting += 1;
      asked.set(call, (order += 1));
      return () => void (mine.waiting -= 1);
    },
    answer(call, task) {
      if (call.port !== 'vault' || !isShared(call)) return;
      const { method, secret = '' } = call;
      if (of(task, call).lastBegun < (asked.get(call) ?? 0))
        accuse('shared', `${task.name} is answered by a ${method} ${secret} that began before it asked`, [
          secret,
        ]);
    },
    begins(call, task) {
      if (call.port !== 'vault' || !isShared(call)) return () => {};
      const mine = of(task, call);
      const { method, secret = '' } = call;
      const what = `instance ${task.instance.id + 1} begins ${method} ${secret}`;
      mine.running += 1;
      mine.lastBegun = order += 1;
      if (mine.running > 1) accuse('shared', `${what} while one is under way`, [secret]);
      if (mine.waiting === 0) accuse('shared', `${what}, for which nobody waits`, [secret]);
      return () => void (mine.running -= 1);
    },
  };
}
