import type { Execution } from '../groups/instance.ts';
import type { Platform } from '../groups/platform.ts';
import { directMetadata } from '../queue/message.ts';
import { storedStatus, timerInfo } from '../timer/status.ts';
import type { IndexedFunction } from '../worker/messages.ts';
import { eventMetadata } from './event-grid.ts';
import { parseEvents } from './event-json.ts';
import { keysOf, refusalOf } from './keys.ts';
import type { HostReply, HostRequest } from './server.ts';

/** What a function gets when it is run by hand: `input` stands for the message or the event. */
async function directExecution(
  { env }: Platform,
  fn: IndexedFunction,
  input: string,
): Promise<Execution | undefined> {
  switch (fn.trigger.type) {
    case 'timerTrigger':
      return [fn, timerInfo(await storedStatus(fn, env), false)];
    case 'queueTrigger':
      return [fn, { string: input }, directMetadata(input)];
    case 'eventGridTrigger': {
      const [event] = parseEvents(input);
      return [fn, { json: JSON.stringify(event) }, eventMetadata(event)];
    }
    default:
      return undefined;
  }
}

async function runByHand(platform: Platform, name: string, body: string): Promise<HostReply> {
  const fn = platform.functions.find((known) => known.name === name);
  if (!fn) return { status: 404 };
  const { input } = (body === '' ? {} : JSON.parse(body)) as { input?: unknown };
  const text = typeof input === 'string' ? input : JSON.stringify(input ?? '');
  const execution = await directExecution(platform, fn, text);
  if (!execution) return { status: 400, body: `${fn.trigger.type} cannot be run by hand` };
  const instance = await platform.instanceOf(fn);
  // The answer does not wait; a failure is in the log.
  instance.execute(...execution).catch(() => undefined);
  return { status: 202 };
}

const isJson = ({ headers }: HostRequest): boolean =>
  /^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '');

function hostStatus(): HostReply {
  const processUptime = Math.round(process.uptime() * 1000);
  const body = JSON.stringify({ id: 'local', state: 'Running', version: 'local', processUptime });
  return { status: 200, body };
}

/** The administration API, as far as it is of use here: with the master key only. */
export async function answerAdmin(platform: Platform, request: HostRequest): Promise<HostReply> {
  const refusal = refusalOf(request, keysOf(platform.env), 'master');
  if (refusal !== undefined) return { status: refusal };
  const { method, url, body } = request;
  const [, name] = /^\/admin\/functions\/([^/]+)$/.exec(url.pathname) ?? [];
  if (name !== undefined && method === 'POST')
    return isJson(request) ? runByHand(platform, decodeURIComponent(name), body.toString()) : { status: 415 };
  if (url.pathname === '/admin/host/status') return hostStatus();
  if (url.pathname !== '/admin/host/drain' || method !== 'POST') return { status: 404 };
  platform.drain();
  return { status: 202 };
}
