import { describe, expect, it } from 'vitest';
import { unreadableRecord } from '../../shared/retry/unreadable.ts';
import { acknowledged } from '../../shared/status/acknowledgement.ts';
import { startedRun } from '../../shared/status/run.ts';
import type { TargetStatus } from '../../shared/status/target.ts';
import { anyway } from '../support/anyway.ts';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { appDoing } from './app.ts';
import { aRow } from './rows.ts';
import { run } from './run.ts';

const signal = new AbortController().signal;
const poisoned = unreadableRecord({ queue: 'push', messageId: 'm-1', why: 'no JSON' }, undefined, Date.now());
const refused = aRow({ state: 'refused', code: 'NOT_ACCEPTED', message: 'no' });

async function aWorld(...rows: TargetStatus[]) {
  const app = appDoing(() => ({ kind: 'ack', lines: ['it is acknowledged'] }));
  await app.status.saveTargets(anyway(rows), signal);
  return { ...app, registry: fakeRegistry(stored(writtenCluster()), stored(writtenRoute())) };
}

describe('vaultcast ack', () => {
  it.each([
    ['message:push', { cluster: '-', id: 'message:push', code: 'BAD_MESSAGE' }],
    ['problem/message:push', { cluster: '-', id: 'message:push' }],
    ['weu-1/app-1/pg', { cluster: 'weu-1', id: 'app-1:pg', code: 'NOT_ACCEPTED' }],
    ['target:weu-1:app-1:pg', { cluster: 'weu-1', id: 'app-1:pg' }],
  ])('orders the app to write down that somebody knows of %s', async (word, expected) => {
    const world = await aWorld(poisoned, refused);

    const ran = await run(['ack', word, '--reason', 'ticket 4711'], { ...world, env: { USER: 'octo' } });

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('it is acknowledged') });
    expect(world.sent).toMatchObject([{ kind: 'ack', author: 'octo', reason: 'ticket 4711', ...expected }]);
  });

  it('refuses what is no problem now, and sends nothing', async () => {
    const world = await aWorld(aRow());

    expect(await run(['ack', 'weu-1/app-1/pg'], world)).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no problem weu-1/app-1/pg'),
    });
    expect(world.sent).toEqual([]);
  });

  it('refuses an app that is too old to know of it, and sends nothing', async () => {
    const world = await aWorld(refused);
    const run010 = { ...startedRun('-', '20261121T101500Z-3fa9c1', 'reconcile', 0), app: undefined };
    await world.status.saveRun(run010, signal);

    expect(await run(['ack', 'weu-1/app-1/pg'], world)).toMatchObject({
      code: 1,
      err: expect.stringContaining('the app is older than this command'),
    });
    expect(world.sent).toEqual([]);
  });

  it('hides no problem: it is listed with who knows of it, and the exit code stays', async () => {
    const known = acknowledged(refused, { by: 'octo', at: Date.UTC(2026, 10, 21), reason: 'ticket 4711' });

    const ran = await run(['get', 'problems'], await aWorld(known));

    expect(ran.code).toBe(2);
    expect(ran.out).toContain('    acknowledged by octo (claimed) at 2026-11-21T00:00:00Z: ticket 4711\n');
  });
});
