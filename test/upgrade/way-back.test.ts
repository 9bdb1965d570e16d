import { expect, it } from 'vitest';
import { toTargetEntity } from '../../shared/adapters/storage/status/target-row.ts';
import type { StoredEntity } from '../../shared/adapters/storage/entity.ts';
import { HOUR_MS, reconcile, rowsOf } from '../support/fleet.ts';
import { earlierPush, earlierShard } from '../support/earlier/messages.ts';
import { misreadByEarlier } from '../support/earlier/rows.ts';
import { earlier, stillFailing, upgraded } from './earlier.ts';

it('rows that this version leaves are read by version 0.1.0 as what they are, or looked at anew', async () => {
  const world = await upgraded();
  stillFailing(world);
  await reconcile(world);
  await world.ports.clock.advance(HOUR_MS / 2);
  await world.event('app-1--pg--password', 'the-way-back');
  const partitions = ['-', ...Object.keys(earlier.clusters)];
  const rows = (await Promise.all(partitions.map((name) => rowsOf(world, name)))).flat();
  expect(rows.length).toBeGreaterThan(25);
  const entities = rows.map((row) => ({ row, entity: toTargetEntity(row) as StoredEntity }));
  expect(entities.flatMap(({ row, entity }) => misreadByEarlier(entity, row) ?? [])).toEqual([]);
});

it('messages that this version leaves are read by version 0.1.0', async () => {
  const world = await upgraded();
  stillFailing(world);
  await world.drain(HOUR_MS);
  await world.event('app-1--pg--password', 'the-way-back');
  const left = world.ports.queue.waiting('push');
  expect(left.length).toBeGreaterThan(2);
  for (const { message } of left) expect(earlierPush.safeParse(message)).toHaveProperty('success', true);
  for (const { message } of world.ports.queue.waiting('reconcile'))
    expect(earlierShard.safeParse(message)).toHaveProperty('success', true);
});

it.each([
  ['a state of version 0.1.0 for another one', { state: 'waiting' }, 'would be waiting'],
  ['a problem for a refusal', { state: 'problem', code: 'GAVE_UP' }, 'would be problem'],
  [
    'proof of a removal in the form of version 0.1.0',
    { state: 'refused', removal: '{"x":{"reason":"deleted","run":"r","at":1}}' },
    'would bring proof of a removal along',
  ],
])('%s would be found', async (_, columns, found) => {
  const [row] = await rowsOf(await upgraded());
  if (row === undefined) throw new Error('no row');
  const refused = { ...row, state: 'refused', code: 'NOT_ACCEPTED' } as const;
  expect(
    misreadByEarlier({ etag: '', ...toTargetEntity(refused), ...columns } as StoredEntity, refused),
  ).toContain(found);
});
