import { app } from '@azure/functions';
import { theApp } from '../shared/app.ts';
import { onPushMessage } from '../shared/retry.ts';

/** Work that failed, or did not fit into its event's time budget. */
export async function handler(message: unknown): Promise<void> {
  const { ports, settings } = theApp();
  await onPushMessage(message, ports, settings);
}

app.storageQueue('push-retry', { queueName: 'push', connection: 'AzureWebJobsStorage', handler });
