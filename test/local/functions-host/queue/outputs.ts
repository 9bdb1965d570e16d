import { QueueClient } from '@azure/storage-queue';
import type { Binding, InvocationResponse, RegisteredFunction, TypedData } from '../worker/core.ts';
import { connectionString } from '../settings/host-json.ts';

type Encoding = 'base64' | 'none';

/** Short retries: a poll comes round again by itself, and a function's output fails its invocation. */
const RETRY = { retryOptions: { maxTries: 2, retryDelayInMs: 100, tryTimeoutInMs: 10_000 } };

export function queueClient(binding: Binding, env: NodeJS.ProcessEnv, suffix = ''): QueueClient {
  const name = `${String(binding['queueName'])}${suffix}`;
  return new QueueClient(connectionString(binding['connection'], env), name, RETRY);
}

function encodeMessage(content: string | Uint8Array, encoding: Encoding): string {
  const bytes = Buffer.from(content);
  return encoding === 'base64' ? bytes.toString('base64') : bytes.toString('utf8');
}

/** Undefined when the text is no base64, which the real host moves to the poison queue without a try. */
export function decodeMessage(text: string, encoding: Encoding): string | undefined {
  if (encoding === 'none') return text;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Buffer.from(text, 'base64').toString('utf8');
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** An array is one message per element; anything else is one message. */
function messagesOf(data: TypedData): (string | Uint8Array)[] {
  if (data.bytes) return [data.bytes];
  if (data.json === undefined) return [String(data.string ?? data.int ?? data.double)];
  const value: unknown = JSON.parse(data.json);
  return Array.isArray(value) ? value.map(asText) : [data.json];
}

async function send(
  binding: Binding,
  data: TypedData,
  encoding: Encoding,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const queue = queueClient(binding, env);
  await queue.createIfNotExists();
  for (const content of messagesOf(data)) await queue.sendMessage(encodeMessage(content, encoding));
}

/** Sends what the function put into its storage queue outputs, its return value included. */
export async function sendOutputs(
  fn: RegisteredFunction,
  { outputData, returnValue }: InvocationResponse,
  encoding: Encoding,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const outputs = returnValue ? [...outputData, { name: '$return', data: returnValue }] : outputData;
  for (const { name, data } of outputs) {
    const binding = fn.bindings[name];
    if (binding?.type === 'queue') await send(binding, data, encoding, env);
  }
}
