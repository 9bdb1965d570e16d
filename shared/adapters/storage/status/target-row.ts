import type { TableEntity } from '@azure/data-tables';
import { z } from 'zod';
import { CODES, type Code, EARLIER_CODES } from '../../../errors.ts';
import { NO_CLUSTER, ROW_STATES, type TargetStatus } from '../../../status/target.ts';
import { boundedText, MESSAGE_MAX } from '../../bounded-text.ts';
import { joinColumns, splitColumns } from './columns.ts';
import { count, laterTime, tableKey, time, type StoredEntity } from '../entity.ts';

const codes = Object.keys(CODES) as [Code, ...Code[]];
const text = z.string();

/** States that an earlier release had, by what stood there: `current` was said of what is absent, too. */
const EARLIER_STATES: Readonly<
  Record<string, (row: { uid: string; cluster: string }) => TargetStatus['state']>
> = {
  current: ({ uid }) => (uid === '' ? 'absent' : 'synced'),
  waiting: () => 'pending',
};

function stateOf(state: string, row: { uid: string; cluster: string }): TargetStatus['state'] {
  if (state === 'problem' && row.cluster !== NO_CLUSTER) return 'failed';
  return EARLIER_STATES[state]?.(row) ?? (state as TargetStatus['state']);
}

const targetColumns = z.object({
  state: z.enum([...ROW_STATES, ...Object.keys(EARLIER_STATES)]),
  code: text.transform((code) => EARLIER_CODES[code] ?? code).pipe(z.enum(codes)),
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
  // Columns that rows of older releases lack.
  stands: z.enum(['yes', 'no', 'unknown']).optional(),
  deliveredAt: laterTime,
  parts: text.default(''),
  expires: text.default(''),
  deliveries: text.default(''),
  lookedAt: laterTime,
  failingSince: laterTime,
  nextRetry: laterTime,
  stale: text.default(''),
  announced: text.default(''),
  maker: text.default(''),
  messages: text.default(''),
  ack: text.default(''),
  confirmed: z.boolean().default(false),
});

const etags = new WeakMap<TargetStatus, string>();

/** The ETag under which this very object was read; undefined when it was not. */
export function etagOf(row: TargetStatus): string | undefined {
  return etags.get(row);
}

export function toTargetEntity(row: TargetStatus): TableEntity {
  const { cluster, id, sources, fingerprint, removal, stale, parts, announced, ...columns } = row;
  return {
    ...columns,
    ...splitColumns('sources', sources),
    ...splitColumns('fingerprint', fingerprint),
    ...splitColumns('removal', removal),
    partitionKey: tableKey(cluster),
    rowKey: tableKey(id),
    message: boundedText(row.message, MESSAGE_MAX),
    cause: boundedText(row.cause, MESSAGE_MAX),
    ...splitColumns('stale', stale),
    ...splitColumns('announced', announced),
    ...splitColumns('parts', parts),
    deliveredAt: new Date(row.deliveredAt),
    since: new Date(row.since),
    readAt: new Date(row.readAt * 1000),
    lookedAt: new Date(row.lookedAt),
    failingSince: new Date(row.failingSince),
    nextRetry: new Date(row.nextRetry),
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
    stale: joinColumns('stale', entity),
    announced: joinColumns('announced', entity),
    parts: joinColumns('parts', entity),
  };
  const { data } = targetColumns.safeParse(whole);
  if (data === undefined) return undefined;
  const stands = data.stands ?? (data.uid === '' ? 'no' : 'yes');
  const row = { cluster, id, ...data, stands, state: stateOf(data.state, { uid: data.uid, cluster }) };
  if (entity.etag !== undefined) etags.set(row, entity.etag);
  return row;
}
