import { randomUUID } from 'node:crypto';
import type { SecretVersion } from './state.ts';

export interface EventOptions {
  schema: 'eventgrid' | 'cloudevents';
  type: 'new-version' | 'near-expiry' | 'expired' | 'certificate-new-version';
  /** Default: the latest version. */
  version?: string;
}

/** What an event is about. */
export interface EventSubject {
  /** `https://NAME.vault.localhost:PORT` */
  vaultUrl: string;
  vaultName: string;
  name: string;
  version: SecretVersion;
  /** Milliseconds. */
  now: number;
}

const TYPES: Record<EventOptions['type'], { eventType: string; objectType: 'Secret' | 'Certificate' }> = {
  'new-version': { eventType: 'SecretNewVersionCreated', objectType: 'Secret' },
  'near-expiry': { eventType: 'SecretNearExpiry', objectType: 'Secret' },
  expired: { eventType: 'SecretExpired', objectType: 'Secret' },
  'certificate-new-version': { eventType: 'CertificateNewVersionCreated', objectType: 'Certificate' },
};

const topicOf = (vaultName: string) =>
  `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers/Microsoft.KeyVault/vaults/${vaultName}`;

/** Field names in the case that the service sends, dates as JSON numbers of Unix seconds. */
function eventData(
  { vaultUrl, vaultName, name, version }: EventSubject,
  objectType: 'Secret' | 'Certificate',
) {
  return {
    Id: `${vaultUrl}/${objectType.toLowerCase()}s/${name}/${version.version}`,
    VaultName: vaultName,
    ObjectType: objectType,
    ObjectName: name,
    Version: version.version,
    NBF: version.nbf ?? null,
    EXP: version.exp ?? null,
  };
}

/**
 * One event as Event Grid sends it for a vault. In the Event Grid schema a delivery is an array of these, by default of
 * one; in the CloudEvents schema it is the event itself.
 *
 * Shape: https://learn.microsoft.com/azure/event-grid/event-schema-key-vault
 */
export function buildEvent(subject: EventSubject, { schema, type }: EventOptions): Record<string, unknown> {
  const { eventType, objectType } = TYPES[type];
  const data = eventData(subject, objectType);
  const id = randomUUID();
  const topic = topicOf(subject.vaultName);
  const fullType = `Microsoft.KeyVault.${eventType}`;
  // Seven digits of a second, as .NET writes them.
  const time = new Date(subject.now).toISOString().replace('Z', '0000Z');
  if (schema === 'cloudevents')
    return { id, source: topic, subject: subject.name, type: fullType, time, data, specversion: '1.0' };
  const versions = { dataVersion: '1', metadataVersion: '1' };
  return { id, topic, subject: subject.name, eventType: fullType, eventTime: time, data, ...versions };
}
