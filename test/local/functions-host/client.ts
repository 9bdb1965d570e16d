import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { keptCode } from '../../support/children.ts';

export interface HostOptions {
  /** The whole environment of the host; only PATH, where compiled code is kept, and its keys are added. */
  env: Record<string, string>;
  /** Folder with package.json, host.json and the bundles; default: the project's root. */
  app?: string;
  onLine?: (line: string) => void;
  /** How long it may take until it serves; default 30 s. */
  readyMs?: number;
}

export interface Delivery {
  status: number;
  body: string;
}

/** What a publisher and an administrator of the app must know. */
interface HostKeys {
  master: string;
  eventGrid: string;
}

/** One running host. */
export interface RunningHost {
  port: number;
  url: string;
  pid: number;
  keys: HostKeys;
  /** Of stdout and stderr, in the order they came. */
  lines: string[];
  /** Sends one event (an object) or a batch (an array) as Event Grid does; CloudEvents are recognised. */
  deliver(functionName: string, events: unknown, options?: { eventType?: string }): Promise<Delivery>;
  /** Starts a timer, queue or event function by hand; the status of the answer (202). */
  run(functionName: string, input?: unknown): Promise<number>;
  http(path: string, init?: RequestInit): Promise<Response>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number>;
  /** Dies at once with all its processes, in the middle of whatever they do. */
  kill(): Promise<void>;
  /** Freezes its processes: no timer runs, no connection is closed. */
  suspend(): void;
  resume(): void;
  exited: Promise<number | undefined>;
}

const ROOT = resolve(import.meta.dirname, '../../..');
const LOCAL_HOST = fileURLToPath(new URL('./main.ts', import.meta.url));
const READY_MS = 30_000;

/**
 * The program that is the host: the local one, unless the variable FUNCTIONS_HOST names another. It gets `--app FOLDER
 * --port 0` and the app settings as its environment; once it serves, it prints a line `{"ready":true,"port":PORT}`.
 */
function commandLine(app: string): [program: string, ...args: string[]] {
  const program = process.env['FUNCTIONS_HOST'] ?? LOCAL_HOST;
  const args = ['--app', app, '--port', '0'];
  return /\.[cm]?[jt]s$/.test(program) ? [process.execPath, program, ...args] : [program, ...args];
}

function contentType(events: unknown): string {
  const [first]: unknown[] = Array.isArray(events) ? events : [events];
  const isCloudEvent = typeof first === 'object' && first !== null && 'specversion' in first;
  if (!isCloudEvent) return 'application/json; charset=utf-8';
  return `application/cloudevents${Array.isArray(events) ? '-batch' : ''}+json; charset=utf-8`;
}

type Address = Pick<RunningHost, 'url' | 'keys'>;

async function deliver(
  { url, keys }: Address,
  functionName: string,
  events: unknown,
  eventType: string,
): Promise<Delivery> {
  const query = new URLSearchParams({ functionName, code: keys.eventGrid });
  const response = await fetch(`${url}/runtime/webhooks/eventgrid?${query.toString()}`, {
    method: 'POST',
    headers: { 'content-type': contentType(events), 'aeg-event-type': eventType },
    body: JSON.stringify(events),
  });
  return { status: response.status, body: await response.text() };
}

async function runByHand({ url, keys }: Address, functionName: string, input: unknown): Promise<number> {
  const given = typeof input === 'string' ? input : JSON.stringify(input ?? '');
  const { status } = await fetch(`${url}/admin/functions/${encodeURIComponent(functionName)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-functions-key': keys.master },
    body: JSON.stringify({ input: given }),
  });
  return status;
}

/** Collects the lines and resolves with the port of the host's ready line. */
function watchOutput(child: ChildProcess, lines: string[], onLine?: (line: string) => void): Promise<number> {
  return new Promise((resolvePort) => {
    const add = (line: string): void => {
      lines.push(line);
      onLine?.(line);
      if (line.startsWith('{"ready":true,')) resolvePort((JSON.parse(line) as { port: number }).port);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', add);
    }
  });
}

/** To a host and to all processes it started. */
function signalAll({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // Nobody is left.
  }
}

async function awaitReady(
  child: ChildProcess,
  ready: Promise<number>,
  lines: string[],
  readyMs: number,
): Promise<number> {
  const failed = (why: string): Error => new Error(`the host ${why}:\n${lines.join('\n')}`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      signalAll(child, 'SIGKILL');
      reject(failed('did not get ready'));
    }, readyMs);
  });
  const gone = once(child, 'close').then(() => Promise.reject(failed('ended before it was ready')));
  // Both keep losing the race once the host is ready, and `gone` rejects when it ends later.
  gone.catch(() => undefined);
  return Promise.race([ready, late, gone]).finally(() => clearTimeout(timer));
}

function startProgram(app: string, env: Record<string, string>, keys: HostKeys): ChildProcess {
  const [program, ...args] = commandLine(app);
  const settings = { ...env, HOST_MASTER_KEY: keys.master, HOST_EVENT_GRID_KEY: keys.eventGrid };
  return spawn(program, args, {
    env: { PATH: process.env['PATH'], ...keptCode(), ...settings },
    // A group of its own, so that a signal reaches all of its processes, and a stdin that ends with this process.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Starts a host in processes of its own and waits until it listens. */
export async function startHost({
  env,
  app = ROOT,
  onLine,
  readyMs = READY_MS,
}: HostOptions): Promise<RunningHost> {
  const keys = { master: randomUUID(), eventGrid: randomUUID() };
  const child = startProgram(app, env, keys);
  const exited = once(child, 'close').then(([code]) => (code as number | null) ?? undefined);
  // Else a program that is not there would be an error that nobody waits for.
  exited.catch(() => undefined);
  const lines: string[] = [];
  const port = await awaitReady(child, watchOutput(child, lines, onLine), lines, readyMs);
  const address = { url: `http://127.0.0.1:${port}`, keys };
  return {
    ...address,
    port,
    pid: child.pid ?? 0,
    lines,
    deliver: (name, events, options) => deliver(address, name, events, options?.eventType ?? 'Notification'),
    run: (name, input) => runByHand(address, name, input),
    http: (path, init) => fetch(`${address.url}${path}`, init),
    async stop() {
      // A suspended process takes no signal but these two.
      signalAll(child, 'SIGCONT');
      child.kill('SIGTERM');
      return (await exited) ?? -1;
    },
    async kill() {
      signalAll(child, 'SIGKILL');
      await exited;
    },
    suspend: () => signalAll(child, 'SIGSTOP'),
    resume: () => signalAll(child, 'SIGCONT'),
    exited,
  };
}
