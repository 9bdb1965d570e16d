import type { Platform } from '../groups/platform.ts';
import type { IndexedFunction, TypedData } from '../worker/messages.ts';
import { parseEvents } from './event-json.ts';
import { keysOf, refusalOf } from './keys.ts';
import type { HostReply, HostRequest } from './server.ts';

interface ValidationEvent {
  data: { validationCode: string } | string;
}

/** The Event Grid schema sends an array; a CloudEvent is one object with its data encoded twice. */
function validate(text: string): HostReply {
  const body = JSON.parse(text) as ValidationEvent[] | ValidationEvent;
  const { data } = (Array.isArray(body) ? body[0] : body) ?? { data: '{}' };
  const { validationCode } = (typeof data === 'string' ? JSON.parse(data) : data) as {
    validationCode: string;
  };
  return { status: 200, body: JSON.stringify({ validationResponse: validationCode }) };
}

export function eventMetadata(event: unknown): Record<string, TypedData> {
  const data = typeof event === 'object' && event !== null && 'data' in event ? event.data : undefined;
  return data === undefined ? {} : { data: { json: JSON.stringify(data) } };
}

/** In any order: an app that counts on the order of a batch counts on nothing. */
function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

/**
 * Every event is an invocation of its own, all at once; a single failure makes Event Grid send all of them again. What
 * went wrong is not said to the sender.
 */
async function notify(platform: Platform, fn: IndexedFunction, text: string): Promise<HostReply> {
  const events = parseEvents(text);
  const instance = await platform.instanceOf(fn);
  const runs = shuffled(events).map((event) =>
    instance.execute(fn, { json: JSON.stringify(event) }, eventMetadata(event)),
  );
  const all = await Promise.allSettled(runs);
  const hasFailed = all.some(({ status }) => status === 'rejected');
  return hasFailed
    ? { status: 500, body: `Exception while executing function: Functions.${fn.name}` }
    : { status: 202 };
}

/** The handshake of CloudEvents, in which Event Grid asks whether it may send here: it may, whoever asked. */
const handshake = (): HostReply => ({
  status: 200,
  headers: { 'webhook-allowed-origin': 'eventgrid.azure.net' },
});

/** The webhook of the Event Grid extension, as its HttpRequestProcessor answers. */
export async function answerEventGrid(platform: Platform, request: HostRequest): Promise<HostReply> {
  const refusal = refusalOf(request, keysOf(platform.env), 'eventGrid');
  if (refusal !== undefined) return { status: refusal };
  const name = request.url.searchParams.get('functionName') ?? '';
  const fn = platform.functions.find(
    ({ name: known, trigger }) => known === name && trigger.type === 'eventGridTrigger',
  );
  if (!fn) return { status: 404, body: `cannot find function: '${name}'` };
  if (request.method === 'OPTIONS') return handshake();
  switch (String(request.headers['aeg-event-type']).toLowerCase()) {
    case 'subscriptionvalidation':
      return validate(request.body.toString());
    case 'notification':
      return notify(platform, fn, request.body.toString());
    case 'unsubscribe':
      return { status: 202 };
    default:
      return { status: 400 };
  }
}
