import { app } from '@azure/functions';
import { theApp } from '../shared/app.ts';
import { onPoisonMessage } from '../shared/retry.ts';

/** Messages the host gave up: each becomes a problem people see, and one alert line. */
export async function handler(message: unknown, queue: string): Promise<void> {
  const { ports } = theApp();
  await onPoisonMessage(message, queue, ports);
}

for (const queue of ['push', 'reconcile', 'vault-events'])
  app.storageQueue(`gave-up-${queue}`, {
    queueName: `${queue}-poison`,
    connection: 'AzureWebJobsStorage',
    handler: (message) => handler(message, queue),
  });
