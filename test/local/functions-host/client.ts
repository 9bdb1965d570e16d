import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface HostOptions {
  /** The whole environment of the host; only PATH is added. */
  env: Record<string, string>;
  /** Folder with package.json, host.json and the bundles; default: the project's root. */
  app?: string;
  onLine?: (line: string) => void;
}

interface Delivery {
  status: number;
  body: string;
}

/** One running host. */
export interface RunningHost {
  port: number;
  url: string;
  pid: number;
  /** Of stdout and stderr, in the order they came. */
  lines: string[];
  /** Sends one event (an object) or a batch (an array) as Event Grid does; CloudEvents are recognised. */
  deliver(functionName: string, events: unknown, options?: { eventType?: string }): Promise<Delivery>;
  /** Starts a timer, queue or event function by hand; the status of the answer (202). */
  run(functionName: string, input?: unknown): Promise<number>;
  http(path: string, init?: RequestInit): Promise<Response>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number>;
  /** Dies at once, in the middle of whatever it does. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Freezes the process: no timer runs, no connection is closed. */
  suspend(): void;
  resume(): void;
  exited: Promise<number | undefined>;
}

const HOST = fileURLToPath(new URL('./main.ts', import.meta.url));
const READY_MS = 30_000;

function contentType(events: unknown): string {
  const [first]: unknown[] = Array.isArray(events) ? events : [events];
  const isCloudEvent = typeof first === 'object' && first !== null && 'specversion' in first;
  if (!isCloudEvent) return 'application/json; charset=utf-8';
  return `application/cloudevents${Array.isArray(events) ? '-batch' : ''}+json; charset=utf-8`;
}

async function deliver(
  url: string,
  functionName: string,
  events: unknown,
  eventType: string,
): Promise<Delivery> {
  const query = new URLSearchParams({ functionName });
  const response = await fetch(`${url}/runtime/webhooks/eventgrid?${query.toString()}`, {
    method: 'POST',
    headers: { 'content-type': contentType(events), 'aeg-event-type': eventType },
    body: JSON.stringify(events),
  });
  return { status: response.status, body: await response.text() };
}

async function run(url: string, functionName: string, input: unknown): Promise<number> {
  const text = typeof input === 'string' ? input : JSON.stringify(input ?? '');
  const { status } = await fetch(`${url}/admin/functions/${encodeURIComponent(functionName)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: text }),
  });
  return status;
}

/** Collects the lines and resolves with the port of the host's ready line. */
function watchOutput(child: ChildProcess, lines: string[], onLine?: (line: string) => void): Promise<number> {
  return new Promise((resolve) => {
    const add = (line: string): void => {
      lines.push(line);
      onLine?.(line);
      if (line.startsWith('{"ready":true,')) resolve((JSON.parse(line) as { port: number }).port);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', add);
    }
  });
}

async function awaitReady(child: ChildProcess, ready: Promise<number>, lines: string[]): Promise<number> {
  const failed = (why: string): Error => new Error(`the host ${why}:\n${lines.join('\n')}`);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(failed('did not get ready'));
    }, READY_MS);
  });
  const gone = once(child, 'close').then(() => Promise.reject(failed('ended before it was ready')));
  // Both keep losing the race once the host is ready, and `gone` rejects when it ends later.
  gone.catch(() => undefined);
  return Promise.race([ready, late, gone]).finally(() => clearTimeout(timer));
}

/** Starts a host in a process of its own and waits until it listens. */
export async function startHost({ env, app, onLine }: HostOptions): Promise<RunningHost> {
  const child = spawn(process.execPath, [HOST, ...(app === undefined ? [] : ['--app', app])], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = once(child, 'close').then(([code]) => (code as number | null) ?? undefined);
  const lines: string[] = [];
  const port = await awaitReady(child, watchOutput(child, lines, onLine), lines);
  const url = `http://127.0.0.1:${port}`;
  const end = async (signal: NodeJS.Signals): Promise<number | undefined> => {
    child.kill(signal);
    // A suspended process takes no signal but this one and SIGKILL.
    child.kill('SIGCONT');
    return exited;
  };
  return {
    port,
    url,
    pid: child.pid ?? 0,
    lines,
    deliver: (name, events, options) => deliver(url, name, events, options?.eventType ?? 'Notification'),
    run: (name, input) => run(url, name, input),
    http: (path, init) => fetch(`${url}${path}`, init),
    stop: async () => (await end('SIGTERM')) ?? -1,
    kill: async (signal = 'SIGKILL') => void (await end(signal)),
    suspend: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    exited,
  };
}
