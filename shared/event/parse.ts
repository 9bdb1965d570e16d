import type { Code } from '../errors.ts';
import { type SecretRef, segmentsOf, toAsciiLower } from '../names.ts';
import { newTask, type Task } from './task.ts';

/** What an event asks for: look at this secret. What is delivered is read from the vault, whatever the event says. */
interface SecretEvent {
  id: string;
  secret: SecretRef;
  /** Never used, only compared. Undefined of an event that tells of no new version. */
  announced: Task['announced'];
  /** When it was said, ms since the epoch; undefined of one that does not tell. */
  time: number | undefined;
}

type ParsedEvent =
  | { outcome: 'accepted'; event: SecretEvent }
  | { outcome: 'refused'; code: Code; id: string; message: string };

/** Alias -> origin of each vault, as VAULTS configures them. */
type Vaults = ReadonlyMap<string, string>;

/** A new version, or a date that comes near or has come: each a reason to look. */
const SECRET_TYPES: ReadonlySet<string> = new Set([
  'microsoft.keyvault.secretnewversioncreated',
  'microsoft.keyvault.secretnearexpiry',
  'microsoft.keyvault.secretexpired',
  'microsoft.keyvault.certificatenewversioncreated',
  'microsoft.keyvault.certificatenearexpiry',
  'microsoft.keyvault.certificateexpired',
]);

const NAME_RULE = 'has "---" or a segment that is empty or starts or ends with "-"';

/**
 * Events of both schemas (Event Grid, CloudEvents 1.0), single or in an array, each judged on its own. Nothing throws:
 * a malformed event cannot be mended by redelivery. Shape: Azure's event-schema-key-vault page; real events have
 * PascalCase data, its samples stray spaces and other cases.
 */
export function parseEvents(body: unknown, vaults: Vaults): ParsedEvent[] {
  return (Array.isArray(body) ? body : [body]).map((one: unknown) => parseEvent(one, vaults));
}

/** What is to be done about an event that came at `since` (ms). */
export function taskOfEvent({ id, secret, announced, time }: SecretEvent, since: number): Task {
  const cause = id === '' ? 'event' : id;
  const eventTimes = new Map(time === undefined ? [] : [[cause, time]]);
  return { ...newTask(secret, cause, since), eventTimes, announced };
}

/**
 * Which secrets a body is about, as far as it can be told: for the record of one that could not be worked on. `vault` is the
 * alias, undefined where the vault is not configured.
 */
export function subjectsOfEvents(body: unknown, vaults: Vaults) {
  return (Array.isArray(body) ? body : [body]).flatMap((one: unknown) => {
    const data = isObject(one) ? field(one, 'data') : undefined;
    const object = isObject(data) ? objectOf(text(data, 'Id')) : undefined;
    if (!isObject(one) || object === undefined) return [];
    const { vaultName, name } = object;
    return [{ id: idOf(one), vault: aliasOf(object.origin, vaults), vaultName, name }];
  });
}

function idOf(body: Fields): string {
  return text(body, 'id', 200)?.replace(/[^\w.:-]/g, '?') ?? '';
}

function parseEvent(body: unknown, vaults: Vaults): ParsedEvent {
  if (!isObject(body)) return refused('EVENT_REJECTED', '', 'the event is not a JSON object');
  const id = idOf(body);
  const type = text(body, 'eventType', 200) ?? text(body, 'type', 200);
  if (type === undefined)
    return refused('EVENT_REJECTED', id, 'the event has no eventType (Event Grid) or type (CloudEvents)');
  if (!SECRET_TYPES.has(type.toLowerCase()))
    return refused('EVENT_IGNORED', id, `events of type ${printable(type)} are not used`);
  const data = field(body, 'data');
  if (!isObject(data)) return refused('EVENT_REJECTED', id, 'the event has no data object');
  return parseData(id, body, data, vaults);
}

function parseData(id: string, body: Fields, data: Fields, vaults: Vaults): ParsedEvent {
  const object = objectOf(text(data, 'Id'));
  if (object === undefined)
    return refused('EVENT_REJECTED', id, 'data.Id is not the URL of a secret or certificate');
  const disagreement = disagreementOf(object, body, data);
  if (disagreement !== undefined) return refused('EVENT_REJECTED', id, disagreement);
  const alias = aliasOf(object.origin, vaults);
  if (alias === undefined)
    return refused('EVENT_REJECTED', id, `vault ${printable(object.origin)} is not configured in VAULTS`);
  if (segmentsOf(object.name) === undefined)
    return refused('BAD_NAME', id, `secret name ${printable(object.name)} ${NAME_RULE}`);
  const secret = { vault: alias, name: object.name };
  const time = timeOf(body);
  return { outcome: 'accepted', event: { id, secret, announced: announcedBy(object, body, time), time } };
}

/** Undefined of an event that tells of a date, and of one that does not say which version or when. */
function announcedBy(
  { version }: KeyVaultObject,
  body: Fields,
  time: number | undefined,
): SecretEvent['announced'] {
  const type = text(body, 'eventType', 200) ?? text(body, 'type', 200) ?? '';
  if (version === '' || time === undefined || !type.toLowerCase().endsWith('newversioncreated'))
    return undefined;
  // Key Vault dates versions in whole seconds, and so does a row.
  return { version, at: Math.floor(time / 1000) };
}

function timeOf(body: Fields): number | undefined {
  const time = Date.parse(text(body, 'eventTime', 100) ?? text(body, 'time', 100) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** The same vault and secret stand in several places of an event; an event whose places differ is not from Key Vault. */
function disagreementOf(object: KeyVaultObject, body: Fields, data: Fields): string | undefined {
  const topic = text(body, 'topic') ?? text(body, 'source') ?? '';
  const places = [
    { place: 'data.ObjectName', found: text(data, 'ObjectName', 200), expected: object.name },
    { place: 'data.VaultName', found: text(data, 'VaultName', 200), expected: object.vaultName },
    { place: 'the topic', found: /\/vaults\/([^/]+)\/?$/i.exec(topic)?.[1], expected: object.vaultName },
  ];
  const wrong = places.find(({ found, expected }) => found === undefined || toAsciiLower(found) !== expected);
  return wrong === undefined ? undefined : `${wrong.place} and data.Id disagree`;
}

interface KeyVaultObject {
  origin: string;
  /** First label of the host: the vault's own name. */
  vaultName: string;
  /** Lower case, and made of characters a Key Vault name can have. */
  name: string;
  /** Lower case; empty when the URL has none. */
  version: string;
}

/** `https://VAULT.vault.azure.net/secrets/NAME/VERSION`; the version is optional. */
function objectOf(id: string | undefined): KeyVaultObject | undefined {
  const match =
    id === undefined
      ? null
      : /^(https:\/\/[^/?#\s@%]+)\/(?:secrets|certificates)\/([0-9A-Za-z-]{1,127})(?:\/([0-9A-Za-z]{1,64}))?\/?$/i.exec(
          id,
        );
  const [, base = '', name = '', version = ''] = match ?? [];
  if (match === null || !URL.canParse(base)) return undefined;
  const url = new URL(base);
  const vaultName = url.hostname.split('.')[0] ?? '';
  return { origin: url.origin, vaultName, name: toAsciiLower(name), version: toAsciiLower(version) };
}

function aliasOf(origin: string, vaults: Vaults): string | undefined {
  for (const [alias, url] of vaults) if (new URL(url).origin === origin) return alias;
  return undefined;
}

/** Untrusted text in a message: short, one line, plain characters. */
function printable(value: string): string {
  return value.replace(/[^\w./:-]/g, '?').slice(0, 130);
}

function refused(code: Code, id: string, message: string): ParsedEvent {
  return { outcome: 'refused', code, id, message };
}

/** Reading untrusted JSON objects: own properties only, keys compared without case and surrounding spaces. */
type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Event Grid's own samples have `"ObjectName "` and lower-case variants, so the key is compared loosely. */
function field(object: Fields, name: string): unknown {
  const wanted = name.toLowerCase();
  for (const [key, value] of Object.entries(object)) if (key.trim().toLowerCase() === wanted) return value;
  return undefined;
}

/** A trimmed, non-empty string of at most `max` characters, or undefined. */
function text(object: Fields, name: string, max = 2048): string | undefined {
  const value = field(object, name);
  if (typeof value !== 'string' || value.length > max) return undefined;
  const trimmed = value.trim();
  return trimmed === '' ? undefined : trimmed;
}
