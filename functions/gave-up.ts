import { app, type InvocationContext } from '@azure/functions';
import { inInvocation } from '../shared/app.ts';
import { onPoisonMessage } from '../shared/retry/poison.ts';
import { withMessage } from '../shared/retry/received.ts';

/** Messages the host gave up: each becomes a problem people see, and one alert line. */
export async function handler(message: unknown, queue: string, context: InvocationContext): Promise<void> {
  await inInvocation(context, ({ ports, settings }) =>
    withMessage(ports, queue, message, context.triggerMetadata, (body, origin) =>
      onPoisonMessage(body, queue, ports, settings.vaults, origin),
    ),
  );
}

for (const queue of ['push', 'reconcile', 'vault-events'])
  app.storageQueue(`gave-up-${queue}`, {
    queueName: `${queue}-poison`,
    connection: 'AzureWebJobsStorage',
    handler: (message, context) => handler(message, queue, context),
  });
