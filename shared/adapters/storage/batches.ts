import type { Entity } from './entity.ts';

/** A transaction takes 100 operations of one partition and 4 MiB; half of that leaves room for its envelope. */
const BATCH_ROWS = 100;
const BATCH_CHARACTERS = 2 * 1024 * 1024;

function cut(entities: Iterable<Entity>): Entity[][] {
  const done: Entity[][] = [];
  let batch: Entity[] = [];
  let size = 0;
  for (const entity of entities) {
    const length = JSON.stringify(entity).length;
    if (batch.length === BATCH_ROWS || (batch.length > 0 && size + length > BATCH_CHARACTERS)) {
      done.push(batch);
      [batch, size] = [[], 0];
    }
    batch.push(entity);
    size += length;
  }
  return batch.length === 0 ? done : [...done, batch];
}

/** Transactions to upsert the entities. Of two with the same keys the later counts: twice in one would be refused whole. */
export function batches(entities: readonly Entity[]): Entity[][] {
  const byPartition = Map.groupBy(entities, ({ partitionKey }) => partitionKey);
  return [...byPartition.values()].flatMap((rows) =>
    cut(new Map(rows.map((entity) => [entity.rowKey, entity])).values()),
  );
}
