import { app, type InvocationContext } from '@azure/functions';
import { inInvocation } from '../shared/app.ts';
import { withMessage } from '../shared/retry/received.ts';
import { onPushMessage } from '../shared/sync.ts';

/** Work that failed, or did not fit into its event's time budget. */
export async function handler(message: unknown, context: InvocationContext): Promise<void> {
  await inInvocation(context, ({ ports, settings }) =>
    withMessage(ports, 'push', message, context.triggerMetadata, (body, origin) =>
      onPushMessage(body, ports, settings, origin),
    ),
  );
}

app.storageQueue('push-retry', { queueName: 'push', connection: 'AzureWebJobsStorage', handler });
