import { app } from '@azure/functions';
import { theApp } from '../shared/app.ts';
import { onVaultEvent } from '../shared/sync.ts';

/** Event Grid delivers one event of Key Vault, in its own schema or as a CloudEvent; a throw makes it deliver again. */
export async function handler(event: unknown): Promise<void> {
  const { ports, settings } = theApp();
  await onVaultEvent(event, ports, settings);
}

app.eventGrid('on-vault-event', { handler });
