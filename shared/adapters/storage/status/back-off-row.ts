import type { TableEntity } from '@azure/data-tables';
import { z } from 'zod';
import type { BackOff } from '../../../retry/back-off.ts';
import { boundedText, MESSAGE_MAX } from '../../bounded-text.ts';
import { tableKey, time, type StoredEntity } from '../entity.ts';

/** Every row of `Endpoints` is in one partition: there are as many as clusters. */
export const ENDPOINTS = 'endpoint';

/** No back-off is one that never failed: the row's other columns belong to others and stay. */
export function toBackOffEntity(cluster: string, backOff: BackOff | undefined): TableEntity {
  const { failures, nextTry, cause = '' } = backOff ?? { failures: 0, nextTry: 0 };
  const about = { partitionKey: ENDPOINTS, rowKey: tableKey(cluster) };
  return { ...about, failures, nextProbe: new Date(nextTry), cause: boundedText(cause, MESSAGE_MAX) };
}

/** The column has its name from an earlier release; rows of it are read. */
const backOffColumns = z.object({ failures: z.int().min(1), nextProbe: time, cause: z.string().default('') });

export function fromBackOffEntity(entity: StoredEntity): [string, BackOff] | undefined {
  const { data } = backOffColumns.safeParse(entity);
  if (data === undefined) return undefined;
  const { failures, nextProbe: nextTry, cause } = data;
  return [entity.rowKey ?? '', { failures, nextTry, ...(cause === '' ? {} : { cause }) }];
}

/** Whether a row still says what was seen. */
export function isStill(entity: StoredEntity, { failures, nextTry }: BackOff): boolean {
  const [, now] = fromBackOffEntity(entity) ?? [];
  return now?.failures === failures && now.nextTry === nextTry;
}
