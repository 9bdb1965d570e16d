import type { SecretClient } from '@azure/keyvault-secrets';
import type { QueueClient } from '@azure/storage-queue';
import { parseEvents } from '../../shared/event/parse.ts';
import { type Fact, fact } from './check.ts';

const POLL_MS = 1000;

/** Events of the vault, from a queue that an event subscription of it delivers to and that nobody else reads. */
export async function verifyEvents(
  client: SecretClient,
  queue: QueueClient,
  name: string,
  waitMs: number,
): Promise<Fact[]> {
  return [
    await fact('a new version raises an event vaultcast understands', 'accepted', async () => {
      const started = Date.now();
      await client.setSecret(name, 'event');
      const event = await nextEvent(queue, name, waitMs);
      if (event === undefined) return { found: `none within ${waitMs} ms`, holds: false };
      const [parsed] = parseEvents(event, new Map([['verified', client.vaultUrl]]));
      const found = parsed?.outcome === 'accepted' ? 'accepted' : (parsed?.message ?? 'nothing');
      return { found: `${found}, after ${Date.now() - started} ms`, holds: parsed?.outcome === 'accepted' };
    }),
    await fact('disabling a version raises no event', 'none', async () => {
      const { properties } = await client.getSecret(name);
      await client.updateSecretProperties(name, properties.version ?? '', { enabled: false });
      const event = await nextEvent(queue, name, waitMs);
      return { found: event === undefined ? 'none' : 'an event', holds: event === undefined };
    }),
  ];
}

/** Event Grid puts base64 of one event's JSON into a message. */
async function nextEvent(queue: QueueClient, name: string, waitMs: number): Promise<unknown> {
  for (const end = Date.now() + waitMs; Date.now() < end;) {
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
    for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
      await queue.deleteMessage(messageId, popReceipt);
      const event: unknown = JSON.parse(Buffer.from(messageText, 'base64').toString('utf8'));
      if (JSON.stringify(event).toLowerCase().includes(`/secrets/${name}/`)) return event;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return undefined;
}
