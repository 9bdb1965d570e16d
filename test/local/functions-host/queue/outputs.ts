import type { Binding, IndexedFunction, InvocationResponse, TypedData } from '../worker/messages.ts';
import { encodeMessage } from './encoding.ts';
import type { Encoding } from './encoding.ts';
import { isQueueMissing, patiently, queueClient } from './storage.ts';

/** A function's output fails its invocation, so it is not tried for long. */
const PATIENCE_MS = 300;

const indented = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);

/** An array is one message per element; anything else is one message. */
function messagesOf(data: TypedData): (string | Uint8Array)[] {
  if (data.bytes) return [data.bytes];
  if (data.json === undefined) return [String(data.string ?? data.int ?? data.double)];
  const value: unknown = JSON.parse(data.json);
  return Array.isArray(value) ? value.map(indented) : [indented(value)];
}

/** Makes the queue when it is missing: outputs do, listeners do not. */
export async function sendOrCreate(queue: ReturnType<typeof queueClient>, text: string): Promise<void> {
  try {
    await queue.sendMessage(text);
  } catch (error) {
    if (!isQueueMissing(error as object)) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(text);
  }
}

async function send(binding: Binding, data: TypedData, encoding: Encoding, env: NodeJS.ProcessEnv) {
  const queue = queueClient(binding, env);
  for (const content of messagesOf(data))
    await patiently(() => sendOrCreate(queue, encodeMessage(content, encoding)), PATIENCE_MS);
}

/** Sends what the function put into its queue outputs, its return value included: one refused output stops no other. */
export async function sendOutputs(
  fn: IndexedFunction,
  { outputData, returnValue }: InvocationResponse,
  encoding: Encoding,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const outputs = returnValue ? [...outputData, { name: '$return', data: returnValue }] : outputData;
  const sends = outputs.map(async ({ name, data }) => {
    const binding = fn.bindings[name];
    if (binding?.type === 'queue') await send(binding, data, encoding, env);
  });
  const refused = (await Promise.allSettled(sends)).find((sent) => sent.status === 'rejected');
  if (refused) throw refused.reason;
}
