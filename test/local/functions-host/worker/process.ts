import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FromWorker, IndexedFunction, Invocation, InvocationResponse, ToWorker } from './messages.ts';

/** The host's end of one worker process. */
export interface Worker {
  pid: number;
  /** What the app registered, once it is loaded. Rejects when the worker ends before. */
  functions: Promise<IndexedFunction[]>;
  /** Rejects with what the function threw, or when the worker ends over it. Never settles once the worker was discarded. */
  invoke(invocation: Invocation): Promise<InvocationResponse>;
  /** Resolves when the worker has gone by itself; never when the host wanted it to go. */
  crashed: Promise<void>;
  /** Runs the app's last hooks and leaves. */
  end(): Promise<void>;
  /** Gone at once. Whatever it was working on gets no answer, not even a failure. */
  discard(): void;
}

interface Pending {
  resolve(response: InvocationResponse): void;
  reject(error: Error): void;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** As the setting `languageWorkers__node__arguments` says it. */
const nodeArguments = (env: NodeJS.ProcessEnv): string[] =>
  (env['languageWorkers__node__arguments'] ?? '').split(' ').filter((argument) => argument !== '');

/** Whole lines only: several workers share the host's stdout and stderr. */
function passOn(from: ChildProcess['stdout'], to: NodeJS.WriteStream): void {
  if (from) createInterface({ input: from }).on('line', (line) => void to.write(`${line}\n`));
}

/** What the host throws is the exception of the function, so its stack is all that is known of it. */
const thrown = (stack: string): Error => Object.assign(new Error(stack.split('\n')[0]), { stack });

function settle(pending: Map<string, Pending>, message: FromWorker): void {
  if (message.kind === 'indexed') return;
  const waiting = pending.get(message.id);
  pending.delete(message.id);
  if (message.kind === 'done') waiting?.resolve(message.response);
  else waiting?.reject(thrown(message.stack));
}

function start(app: string, env: NodeJS.ProcessEnv): ChildProcess {
  const child = fork(MAIN, ['--app', app], {
    env,
    execArgv: nodeArguments(env),
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  passOn(child.stdout, process.stdout);
  passOn(child.stderr, process.stderr);
  return child;
}

function indexing(child: ChildProcess): Promise<IndexedFunction[]> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromWorker) => {
      if (message.kind === 'indexed') resolve(message.functions);
    });
    child.once('exit', () => reject(new Error('the worker ended before the app was loaded')));
  });
}

/** Starts a worker on the app of a folder. */
export function startWorker(app: string, env: NodeJS.ProcessEnv): Worker {
  const child = start(app, env);
  const gone = once(child, 'close');
  const pending = new Map<string, Pending>();
  let wanted = false;
  const failAll = (why: string): void => {
    for (const waiting of pending.values()) waiting.reject(new Error(why));
    pending.clear();
  };
  child.on('message', (message: FromWorker) => settle(pending, message));
  const tell = (message: ToWorker): void => void (child.connected && child.send(message, () => {}));
  const crashed = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      if (wanted) return;
      failAll(`node exited with code ${code ?? 137}`);
      resolve();
    });
  });
  const functions = indexing(child);
  functions.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    functions,
    crashed,
    async invoke(invocation) {
      await functions;
      const id = randomUUID();
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        tell({ kind: 'invoke', id, invocation });
      });
    },
    async end() {
      wanted = true;
      tell({ kind: 'end' });
      await gone;
      failAll('the host has ended');
    },
    discard() {
      wanted = true;
      child.kill('SIGKILL');
    },
  };
}
