import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a process offers, as the one that started it sees it. */
export type Remote<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Promise<Awaited<Answer>>
    : never;
};

/** A process of this benchmark that is not the app. */
export interface Started<Api> {
  ask: Remote<Api>;
  pid: number;
  stop: () => Promise<void>;
}

interface Call {
  number: number;
  method: string;
  args: unknown[];
}

type Answer = { number: number; value: unknown } | { number: number; error: string };
type FromProcess = { ready: true } | Answer;
type Method = (...args: unknown[]) => unknown;

const PROCESSES = join(import.meta.dirname, '../processes');

/** In the process: whoever started it may call these methods from now on. It ends with that one. */
export function offer(api: object): void {
  const send = (message: FromProcess): void => void process.send?.(message);
  const answer = async ({ number, method, args }: Call): Promise<Answer> => {
    try {
      return { number, value: await (Reflect.get(api, method) as Method)(...args) };
    } catch (error) {
      return { number, error: String(error instanceof Error ? error.stack : error) };
    }
  };
  process.once('disconnect', () => process.exit(0));
  process.on('message', (call: Call) => void answer(call).then(send));
  send({ ready: true });
}

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

function settle(pending: Map<number, Pending>, message: FromProcess): void {
  if ('ready' in message) return;
  const waiting = pending.get(message.number);
  pending.delete(message.number);
  if ('error' in message) waiting?.reject(new Error(message.error));
  else waiting?.resolve(message.value);
}

function caller(child: ChildProcess, file: string): (method: string, args: unknown[]) => Promise<unknown> {
  const pending = new Map<number, Pending>();
  child.on('message', (message: FromProcess) => settle(pending, message));
  child.once('exit', () => {
    for (const { reject } of pending.values()) reject(new Error(`${file} has ended`));
  });
  let last = 0;
  return (method, args) =>
    new Promise((resolve, reject) => {
      const call: Call = { number: (last += 1), method, args };
      pending.set(call.number, { resolve, reject });
      child.send(call);
    });
}

/** Starts a file of `processes/` and waits until it offers its methods. `args`: of Node, before the file. */
export async function start<Api>(file: string, args: readonly string[] = []): Promise<Started<Api>> {
  const child = fork(join(PROCESSES, file), { execArgv: [...args], serialization: 'advanced' });
  const gone = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    gone.then(() => Promise.reject(new Error(`${file} ended before it was ready`))),
  ]);
  const call = caller(child, file);
  const ask = new Proxy(
    {},
    {
      get:
        (_, method) =>
        (...given: unknown[]) =>
          call(String(method), given),
    },
  );
  return {
    ask: ask as Remote<Api>,
    pid: child.pid ?? 0,
    stop: async () => {
      child.disconnect();
      await gone;
    },
  };
}
