import { z } from 'zod';
import type { BackOff } from '../../../retry/back-off.ts';
import { tableKey, time, type Entity, type StoredEntity } from '../entity.ts';

/** Every row of `Endpoints` is in one partition: there are as many as clusters. */
export const ENDPOINTS = 'endpoint';

/** No back-off is one that never failed: the row's other columns belong to others and stay. */
export function toBackOffEntity(cluster: string, backOff: BackOff | undefined): Entity {
  const { failures, nextTry } = backOff ?? { failures: 0, nextTry: 0 };
  return { partitionKey: ENDPOINTS, rowKey: tableKey(cluster), failures, nextProbe: new Date(nextTry) };
}

/** The column has its name from an earlier release; rows of it are read. */
const backOffColumns = z.object({ failures: z.int().min(1), nextProbe: time });

export function fromBackOffEntity(entity: StoredEntity): [string, BackOff] | undefined {
  const { data } = backOffColumns.safeParse(entity);
  return data && [entity.rowKey ?? '', { failures: data.failures, nextTry: data.nextProbe }];
}

/** Whether a row still says what was seen. */
export function isStill(entity: StoredEntity, { failures, nextTry }: BackOff): boolean {
  const [, now] = fromBackOffEntity(entity) ?? [];
  return now?.failures === failures && now.nextTry === nextTry;
}
