import { QueueClient } from '@azure/storage-queue';
import { createStatus } from '../../shared/adapters/storage/status/status.ts';
import { reconcileMessage } from '../../shared/retry/message.ts';
import type { ReconcileMessage } from '../../shared/retry/message.ts';
import type { LocalStorage } from '../local/azurite/storage.ts';
import { eventually } from '../local/stack/eventually.ts';
import { aRun } from './app.ts';

/** Takes the first message from the real queue, as the functions host does, and writes the row of its first cluster. */
export async function appThatAnswers({ connectionString }: LocalStorage): Promise<ReconcileMessage> {
  const queue = new QueueClient(connectionString, 'reconcile');
  await queue.createIfNotExists();
  const text = await eventually(async () => {
    const { receivedMessageItems } = await queue.receiveMessages();
    return receivedMessageItems[0]?.messageText;
  });
  const message = reconcileMessage.parse(JSON.parse(Buffer.from(text, 'base64').toString('utf8')));
  const status = createStatus({ connection: { connectionString }, timeoutMs: 10_000 });
  const result = { counts: { NOT_ACCEPTED: 1 }, lines: ['NOT_ACCEPTED app-1/pg: no'] };
  await status.saveRun(aRun({ run: message.run, ...result }), new AbortController().signal);
  return message;
}
