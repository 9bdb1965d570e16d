import { randomUUID } from 'node:crypto';
import type { Host } from '../app.ts';
import type { RegisteredFunction } from '../worker/core.ts';
import { eventMetadata } from './event-grid.ts';
import { queueMetadata } from '../queue/listener.ts';
import type { HostReply, HostRequest } from './server.ts';
import { timerInfo } from '../timer/listener.ts';

type Invocation = Parameters<Host['execute']>;

function directMessage(text: string): ReturnType<typeof queueMetadata> {
  const now = new Date();
  const times = { insertedOn: now, expiresOn: now, nextVisibleOn: now };
  return queueMetadata({ messageId: randomUUID(), popReceipt: '', dequeueCount: 0, ...times }, text);
}

/** What a function gets when it is run by hand: `input` stands for the message or the event. */
function directInvocation(fn: RegisteredFunction, input: string): Invocation | undefined {
  switch (fn.trigger.type) {
    case 'timerTrigger':
      return [fn, timerInfo(undefined, false)];
    case 'queueTrigger':
      return [fn, { string: input }, directMessage(input)];
    case 'eventGridTrigger':
      return [fn, { json: input }, eventMetadata(JSON.parse(input))];
    default:
      return undefined;
  }
}

function runByHand(host: Host, name: string, body: string): HostReply {
  const fn = host.functions.find((known) => known.name === name);
  if (!fn) return { status: 404 };
  const { input } = (body === '' ? {} : JSON.parse(body)) as { input?: unknown };
  const text = typeof input === 'string' ? input : JSON.stringify(input ?? '');
  const invocation = directInvocation(fn, text);
  if (!invocation) return { status: 400, body: `${fn.trigger.type} cannot be run by hand` };
  // The answer does not wait; a failure is in the log.
  host.execute(...invocation).catch(() => undefined);
  return { status: 202 };
}

/** The administration API, as far as it is of use here; no key is asked for, as on a developer's machine. */
export function answerAdmin(host: Host, request: HostRequest): HostReply {
  const [, name] = /^\/admin\/functions\/([^/]+)$/.exec(request.url.pathname) ?? [];
  if (name !== undefined && request.method === 'POST') {
    return runByHand(host, decodeURIComponent(name), request.body.toString());
  }
  if (request.url.pathname !== '/admin/host/status') return { status: 404 };
  const processUptime = Math.round(process.uptime() * 1000);
  return {
    status: 200,
    body: JSON.stringify({ id: 'local', state: 'Running', version: 'local', processUptime }),
  };
}
