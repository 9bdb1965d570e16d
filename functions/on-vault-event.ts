import { app, type InvocationContext } from '@azure/functions';
import { inInvocation } from '../shared/app.ts';
import { onVaultEvent } from '../shared/sync.ts';

/** Event Grid delivers one event of Key Vault, in its own schema or as a CloudEvent; a throw makes it deliver again. */
export async function handler(event: unknown, context: InvocationContext): Promise<void> {
  await inInvocation(context, ({ ports, settings }) => onVaultEvent(event, ports, settings));
}

app.eventGrid('on-vault-event', { handler });
