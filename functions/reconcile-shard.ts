import { app, type InvocationContext } from '@azure/functions';
import { inInvocation } from '../shared/app.ts';
import { onReconcileMessage } from '../shared/commands/orders.ts';
import { withMessage } from '../shared/retry/received.ts';

/** A shard of a run, or a command of a person. */
export async function handler(message: unknown, context: InvocationContext): Promise<void> {
  await inInvocation(context, ({ ports, settings }) =>
    withMessage(ports, 'reconcile', message, context.triggerMetadata, (body, origin) =>
      onReconcileMessage(body, ports, settings, origin),
    ),
  );
}

app.storageQueue('reconcile-shard', { queueName: 'reconcile', connection: 'AzureWebJobsStorage', handler });
