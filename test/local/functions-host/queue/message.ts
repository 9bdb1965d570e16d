import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { TypedData } from '../worker/messages.ts';

const json = (value: unknown): TypedData => ({ json: JSON.stringify(value) });

/** What a function learns about its message. */
export function messageMetadata(
  message: Omit<DequeuedMessageItem, 'messageText'>,
  text: string,
): Record<string, TypedData> {
  return {
    QueueTrigger: { string: text },
    Id: { string: message.messageId },
    PopReceipt: { string: message.popReceipt },
    DequeueCount: json(message.dequeueCount),
    InsertionTime: json(message.insertedOn),
    ExpirationTime: json(message.expiresOn),
    NextVisibleTime: json(message.nextVisibleOn),
  };
}

/** The same of a text that somebody gave the function by hand: it was in no queue. */
export function directMetadata(text: string): Record<string, TypedData> {
  const now = new Date();
  return {
    QueueTrigger: { string: text },
    DequeueCount: json(0),
    InsertionTime: json(now),
    ExpirationTime: json(now),
    NextVisibleTime: json(now),
  };
}
