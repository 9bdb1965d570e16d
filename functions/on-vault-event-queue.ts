import { app, type InvocationContext } from '@azure/functions';
import { inInvocation } from '../shared/app.ts';
import { withMessage } from '../shared/retry/received.ts';
import { onVaultEvent } from '../shared/sync.ts';

/** The same events through a queue, for an app that Event Grid cannot reach: see infra/README.md. */
export async function handler(message: unknown, context: InvocationContext): Promise<void> {
  await inInvocation(context, ({ ports, settings }) =>
    withMessage(ports, 'vault-events', message, context.triggerMetadata, (event) =>
      onVaultEvent(event, ports, settings),
    ),
  );
}

app.storageQueue('on-vault-event-queue', {
  queueName: 'vault-events',
  connection: 'AzureWebJobsStorage',
  handler,
});
