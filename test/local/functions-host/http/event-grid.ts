import type { Host } from '../app.ts';
import type { RegisteredFunction, TypedData } from '../worker/core.ts';
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

/** Every event is an invocation of its own, all at once; a single failure makes Event Grid send all of them again. */
async function notify(host: Host, fn: RegisteredFunction, text: string): Promise<HostReply> {
  const body: unknown = JSON.parse(text);
  if (typeof body !== 'object' || body === null)
    throw new Error('The request content should be an object or array');
  const events: unknown[] = Array.isArray(body) ? body : [body];
  const runs = events.map((event) => host.execute(fn, { json: JSON.stringify(event) }, eventMetadata(event)));
  const failed = (await Promise.allSettled(runs)).find((run) => run.status === 'rejected');
  return failed ? { status: 500, body: (failed.reason as Error).message } : { status: 202 };
}

/** The handshake of CloudEvents: Event Grid asks whether it may send here. */
function handshake({ headers }: HostRequest): HostReply {
  const origin = headers['webhook-request-origin'];
  if (typeof origin !== 'string') return { status: 400 };
  return { status: 200, headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' } };
}

/** The webhook of the Event Grid extension, as its HttpRequestProcessor answers. */
export async function answerEventGrid(host: Host, request: HostRequest): Promise<HostReply> {
  const name = request.url.searchParams.get('functionName') ?? '';
  const fn = host.functions.find(
    ({ name: known, trigger }) => known === name && trigger.type === 'eventGridTrigger',
  );
  if (!fn) return { status: 404, body: `cannot find function: '${name}'` };
  if (request.method === 'OPTIONS') return handshake(request);
  switch (String(request.headers['aeg-event-type']).toLowerCase()) {
    case 'subscriptionvalidation':
      return validate(request.body.toString());
    case 'notification':
      return notify(host, fn, request.body.toString());
    case 'unsubscribe':
      return { status: 202 };
    default:
      return { status: 400 };
  }
}
