import { app } from '@azure/functions';
import { theApp } from '../shared/app.ts';
import { onReconcileMessage } from '../shared/commands.ts';

/** A shard of a run, or a command of a person. */
export async function handler(message: unknown): Promise<void> {
  const { ports, settings } = theApp();
  await onReconcileMessage(message, ports, settings);
}

app.storageQueue('reconcile-shard', { queueName: 'reconcile', connection: 'AzureWebJobsStorage', handler });
