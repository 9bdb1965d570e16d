import type { TableEntityResult } from '@azure/data-tables';
import { z } from 'zod';
import { VaultcastError } from '../../errors.ts';
import { boundedText } from '../bounded-text.ts';

/** What a read gives back: columns of any age and shape. */
export type StoredEntity = TableEntityResult<Record<string, unknown>>;

/** What the service calls these columns, and the SDK. */
const NAMES = new Map([
  ['PartitionKey', 'partitionKey'],
  ['RowKey', 'rowKey'],
  ['Timestamp', 'timestamp'],
  ['odata.etag', 'etag'],
]);
const STORED_NAMES = new Map([...NAMES].map(([stored, name]) => [name, stored]));

/** A column's name in a question. */
export const storedName = (name: string): string => STORED_NAMES.get(name) ?? name;

const TYPE = '@odata.type';
const AT = 0x40;

/** A row as the service sends it, with `minimalmetadata`: types stand beside their columns. */
export function entityOf(sent: Readonly<Record<string, unknown>>): StoredEntity {
  const entity: Record<string, unknown> = {};
  const typed: string[] = [];
  for (const name of Object.keys(sent)) {
    // Most names have no `@` there: looking at one character is a third of the time of looking at all.
    if (name.charCodeAt(name.length - TYPE.length) === AT && name.endsWith(TYPE)) typed.push(name);
    else if (name !== '__proto__') entity[NAMES.get(name) ?? name] = sent[name];
  }
  for (const name of typed) {
    const column = name.slice(0, -TYPE.length);
    // Of all types that are not JSON's own only dates are used here; a row with others is another tool's.
    if (sent[name] !== 'Edm.DateTime' || column === 'Timestamp') continue;
    if (Object.hasOwn(entity, column)) entity[column] = new Date(String(sent[column]));
  }
  return entity as StoredEntity;
}

const FORBIDDEN_IN_KEYS = /[/\\#?%+\p{Cc}]/u;
const KEY_MAX = 512;

/**
 * A partition or row key. `/ \ # ?` and control characters are refused by the service, `%` and `+` are decoded twice by
 * some clients. https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 */
export function tableKey(key: string): string {
  if (key !== '' && key.length <= KEY_MAX && !FORBIDDEN_IN_KEYS.test(key)) return key;
  throw new VaultcastError('INTERNAL', `${boundedText(JSON.stringify(key), 100)} cannot be a table key`);
}

export const count = z.int().min(0);
/** Times are dates in the table, so that people can read them; milliseconds everywhere else. */
export const time = z.date().transform((date) => date.getTime());
/** A time of a column that rows of older releases lack: 0 there. */
export const laterTime = z
  .date()
  .default(new Date(0))
  .transform((date) => date.getTime());
