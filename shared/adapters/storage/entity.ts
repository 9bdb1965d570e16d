import type { TableEntity, TableEntityResult } from '@azure/data-tables';
import { z } from 'zod';
import { VaultcastError } from '../../errors.ts';
import { boundedText } from '../bounded-text.ts';

/** What a write takes. */
export type Entity = TableEntity<Record<string, unknown>>;

/** What a read gives back: columns of any age and shape. */
export type StoredEntity = TableEntityResult<Record<string, unknown>>;

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
