import { describe, expect, it } from 'vitest';
import { onReconcileMessage } from '../../shared/commands/orders.ts';
import { acknowledgementOf } from '../../shared/status/acknowledgement.ts';
import { heldProblem, problemRecord } from '../../shared/status/problem.ts';
import { newRunId } from '../../shared/status/run.ts';
import { NO_CLUSTER, refOf, type TargetStatus } from '../../shared/status/target.ts';
import { aRow } from '../cli/rows.ts';
import { anyway } from '../support/anyway.ts';
import { createWorld, finish } from '../support/world.ts';

const never = new AbortController().signal;
const refused = aRow({ state: 'refused', code: 'NOT_ACCEPTED', message: 'no' });
const held = problemRecord(heldProblem('weu-1', 9), undefined, { run: '20261121T101500Z-3fa9c1', now: 1 });

/** Sends the message of `vaultcast ack` over this row; gives the row as it is then, and the result of the order. */
async function acknowledging(row: TargetStatus, message: Record<string, unknown> = {}) {
  const world = createWorld({});
  const { ports, settings } = world;
  await ports.status.saveTargets(anyway([row]), never);
  const { cluster, id, code } = row;
  const run = newRunId(ports.clock.now());
  const order = { kind: 'ack', run, cluster, id, code, author: 'octo', reason: 'ticket 4711', ...message };
  await finish(ports.clock, onReconcileMessage(order, ports, settings));
  const [result] = await ports.status.runs(NO_CLUSTER, never);
  return { after: await ports.status.target(refOf(row), never), result };
}

describe('the command ack', () => {
  it.each([
    ['a target', refused],
    ['held removals', held],
  ])('writes down who knows of %s, as claimed, and changes nothing else', async (_, row) => {
    const { after, result } = await acknowledging(row);

    expect(after).toEqual({ ...row, ack: expect.any(String) });
    expect(after && acknowledgementOf(after)).toMatchObject({ by: 'octo', reason: 'ticket 4711' });
    expect(result).toMatchObject({ kind: 'ack', state: 'done', counts: {} });
  });

  it('acknowledges nothing that says something else by now', async () => {
    const { after, result } = await acknowledging(refused, { code: 'NOT_OURS' });

    expect(after?.ack).toBe('');
    expect(result).toMatchObject({ counts: { SUPERSEDED: 1 }, lines: [expect.stringContaining('no more')] });
  });

  it.each([
    ['another code', { code: 'NOT_OURS' }],
    ['another delivery', { deliveredAt: 1_795_000_099_000 }],
  ] as const)('ends at a target with %s', async (_, change) => {
    const { after } = await acknowledging(refused);

    expect(acknowledgementOf({ ...(after ?? refused), ...change })).toBeUndefined();
  });

  it('ends when more removals are held than the person knew of, and not before', async () => {
    const { after } = await acknowledging(held);
    const seen = { run: '20261121T103000Z-3fa9c1', now: 2 };

    expect(acknowledgementOf(problemRecord(heldProblem('weu-1', 9), after, seen))).toMatchObject({
      by: 'octo',
    });
    expect(acknowledgementOf(problemRecord(heldProblem('weu-1', 10), after, seen))).toBeUndefined();
  });

  it('keeps control characters of the author out of the row', async () => {
    const { after } = await acknowledging(refused, { author: 'x\u001b[2J', reason: 'a\nb' });

    expect(after && acknowledgementOf(after)).toMatchObject({ by: 'x [2J', reason: 'a b' });
  });
});
