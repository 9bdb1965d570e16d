import { z } from 'zod';
import { CODES, type Code } from '../../../errors.ts';
import type { TargetStatus } from '../../../status/target.ts';
import { boundedText, MESSAGE_MAX } from '../../bounded-text.ts';
import { joinColumns, splitColumns } from './columns.ts';
import { count, tableKey, time, type Entity, type StoredEntity } from '../entity.ts';

const codes = Object.keys(CODES) as [Code, ...Code[]];
const text = z.string();
const targetColumns = z.object({
  state: z.enum(['current', 'waiting', 'refused', 'problem', 'orphaned']),
  code: z.enum(codes),
  message: text,
  route: text,
  uid: text,
  resourceVersion: text,
  fingerprint: text,
  sources: text,
  since: time,
  attempts: count,
  cause: text,
  readAt: time.transform((ms) => ms / 1000),
  removal: text,
});

export function toTargetEntity(row: TargetStatus): Entity {
  const { cluster, id, sources, fingerprint, removal, ...columns } = row;
  return {
    ...columns,
    ...splitColumns('sources', sources),
    ...splitColumns('fingerprint', fingerprint),
    ...splitColumns('removal', removal),
    partitionKey: tableKey(cluster),
    rowKey: tableKey(id),
    message: boundedText(row.message, MESSAGE_MAX),
    cause: boundedText(row.cause, MESSAGE_MAX),
    since: new Date(row.since),
    readAt: new Date(row.readAt * 1000),
  };
}

/**
 * undefined for a row of another release or a damaged one: it reads as absent, so the reconcile looks at the target
 * itself and writes the row anew. Guessing at its meaning could call a target current that is not.
 */
export function fromTargetEntity(entity: StoredEntity): TargetStatus | undefined {
  const { partitionKey: cluster = '', rowKey: id = '' } = entity;
  const whole = {
    ...entity,
    sources: joinColumns('sources', entity),
    fingerprint: joinColumns('fingerprint', entity),
    removal: joinColumns('removal', entity),
  };
  const { data } = targetColumns.safeParse(whole);
  return data && { cluster, id, ...data };
}
