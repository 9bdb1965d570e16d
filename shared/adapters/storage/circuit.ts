import { z } from 'zod';
import type { Circuit } from '../../retry/back-off.ts';
import { tableKey, time, type Entity, type Stored } from './entity.ts';

/** Every row of `Endpoints` is in one partition: there are as many as clusters. */
export const ENDPOINTS = 'endpoint';

/** No circuit is one that never failed: the row's other columns belong to others and stay. */
export function toCircuitEntity(cluster: string, circuit: Circuit | undefined): Entity {
  const { failures, nextProbe } = circuit ?? { failures: 0, nextProbe: 0 };
  return { partitionKey: ENDPOINTS, rowKey: tableKey(cluster), failures, nextProbe: new Date(nextProbe) };
}

const circuitColumns = z.object({ failures: z.int().min(1), nextProbe: time });

export function fromCircuitEntity(entity: Stored): [string, Circuit] | undefined {
  const { data } = circuitColumns.safeParse(entity);
  return data && [entity.rowKey ?? '', data];
}

/** Whether a row still says what was seen. */
export function isStill(entity: Stored, { failures, nextProbe }: Circuit): boolean {
  const [, now] = fromCircuitEntity(entity) ?? [];
  return now?.failures === failures && now.nextProbe === nextProbe;
}
