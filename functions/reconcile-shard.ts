import { app, type InvocationContext } from '@azure/functions';
import { inInvocation } from '../shared/app.ts';
import { onReconcileMessage } from '../shared/commands/orders.ts';

/** A shard of a run, or a command of a person. */
export async function handler(message: unknown, context: InvocationContext): Promise<void> {
  await inInvocation(context, ({ ports, settings }) => onReconcileMessage(message, ports, settings));
}

app.storageQueue('reconcile-shard', { queueName: 'reconcile', connection: 'AzureWebJobsStorage', handler });
