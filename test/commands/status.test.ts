import { describe, expect, it } from 'vitest';
import { systemClock } from '../../shared/adapters/clock.ts';
import { selectionOf, statusOf } from '../../shared/commands/status.ts';
import { OUTPUT_KINDS } from '../../shared/output/json-schema.ts';
import { heldProblem, problemRecord } from '../../shared/status/problem.ts';
import type { TargetStatus } from '../../shared/status/target.ts';
import { aRun } from '../cli/app.ts';
import { aRow } from '../cli/rows.ts';
import { run } from '../cli/run.ts';
import { anyway } from '../support/anyway.ts';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { createFakeStatus } from '../support/fakes/status.ts';

const signal = new AbortController().signal;
const held = problemRecord(heldProblem('weu-1', 9), undefined, { run: aRun().run, now: Date.now() });
const refused = aRow({ id: 'app-2:mq', state: 'refused', code: 'NOT_ACCEPTED', message: 'no' });

async function aWorld(...rows: TargetStatus[]) {
  const status = createFakeStatus();
  await status.saveTargets(anyway(rows), signal);
  await status.saveRun(aRun({ counts: { REMOVAL_HELD: 9 } }), signal);
  const written = [writtenCluster(), writtenCluster('neu-1'), writtenRoute()];
  return { status, registry: fakeRegistry(...written.map(stored)) };
}

const ask = ({ registry, status }: Awaited<ReturnType<typeof aWorld>>, query = '') =>
  statusOf({ registry, status, clock: systemClock }, selectionOf(new URLSearchParams(query)));

describe('the answer of /api/status', () => {
  it('satisfies its schema, and has the fields of release 0.1.0 beside the new ones', async () => {
    const report = await ask(await aWorld(aRow(), refused, held));

    expect(OUTPUT_KINDS.StatusReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.metadata.counts).toEqual({ refused: 1, synced: 1 });
    expect(report.status.clusters).toMatchObject([
      { name: 'neu-1', targets: {} },
      { name: 'weu-1', targets: { refused: 1, synced: 1 }, lastRun: { name: aRun().run, state: 'done' } },
    ]);
    expect(report.problems).toMatchObject([
      { cluster: 'weu-1', target: 'app-2:mq', state: 'refused', code: 'NOT_ACCEPTED', message: 'no' },
      { cluster: '-', target: 'removals:weu-1', state: 'problem', code: 'REMOVAL_HELD' },
    ]);
  });

  it('shows the same problems as vaultcast get problems does', async () => {
    const world = await aWorld(aRow(), refused, held);
    await world.status.saveBackOff('neu-1', { failures: 3, nextTry: Date.now() }, signal);
    const { out } = await run(['get', 'problems', '-o', 'json'], world);

    const names = (problems: { metadata: { name: string } }[]) =>
      problems.map(({ metadata }) => metadata.name).toSorted();
    const { items } = JSON.parse(out) as { items: { metadata: { name: string } }[] };

    expect(names((await ask(world)).status.problems)).toEqual(names(items));
    expect(items).toHaveLength(3);
  });

  it.each([
    ['cluster=weu-1', ['removals:weu-1', 'target:weu-1:app-2:mq']],
    ['cluster=neu-1', []],
    ['namespace=app-1', ['removals:weu-1']],
    ['state=refused', ['target:weu-1:app-2:mq']],
    ['route=app-1&cluster=', ['removals:weu-1', 'target:weu-1:app-2:mq']],
  ])('hides no held removal of a cluster that ?%s selects', async (query, expected) => {
    const { status } = await ask(await aWorld(aRow(), refused, held), query);

    expect(status.problems.map(({ metadata }) => metadata.name).toSorted()).toEqual(expected);
    expect(status.problemCount).toBe(expected.length);
  });

  it('names the run whose held removals wait for a person', async () => {
    const { status } = await ask(await aWorld(held));

    expect(status.problems[0]?.status.help).toBe(
      `vaultcast reconcile --cluster weu-1 --confirm-removals ${aRun().run}`,
    );
  });
});
