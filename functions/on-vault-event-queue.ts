import { app } from '@azure/functions';
import { handler } from './on-vault-event.ts';

/** The same events through a queue, for an app that Event Grid cannot reach: see infra/README.md. */
app.storageQueue('on-vault-event-queue', {
  queueName: 'vault-events',
  connection: 'AzureWebJobsStorage',
  handler,
});
