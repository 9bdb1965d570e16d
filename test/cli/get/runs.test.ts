import { describe, expect, it } from 'vitest';
import type { RunStatus } from '../../../shared/status/run.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aRun } from '../app.ts';
import { run } from '../run.ts';

const signal = new AbortController().signal;
const aRegistry = () =>
  fakeRegistry(stored(writtenCluster()), stored(writtenCluster('neu-1')), stored(writtenRoute()));

describe('vaultcast get runs', () => {
  const withRuns = async (...rows: RunStatus[]) => {
    const status = createFakeStatus();
    for (const row of rows) await status.saveRun(row, signal);
    return { registry: aRegistry(), status };
  };
  const older = aRun({ run: '20261121T091500Z-aaaa', counts: { UNCHANGED: 3 } });
  const newer = aRun({ cluster: 'neu-1', state: 'failed', lines: ['CLUSTER_TLS: not its certificate'] });

  it('shows the newest run first', async () => {
    const ran = await run(['get', 'runs'], await withRuns(older, newer));

    const [heading, first, second] = ran.out.split('\n');
    expect(heading).toMatch(/^RUN +COMMAND +CLUSTER +ROUTE +STATE +AGO +TOOK +TARGETS +OUTCOMES$/);
    expect(first).toMatch(/^20261121T101500Z-3fa9c1aa +reconcile +neu-1 +failed .* 4 s +0$/);
    expect(second).toMatch(/^20261121T091500Z-aaaa +reconcile +weu-1 +done .* 4 s +3 +UNCHANGED 3$/);
  });

  it('shows who asked for it, where somebody did', async () => {
    const ran = await run(['get', 'runs'], await withRuns(older, { ...newer, by: 'octo' }));

    const [heading, first, second] = ran.out.split('\n');
    expect(heading).toMatch(/ STATE +BY +AGO /);
    expect(first).toMatch(/ failed +octo /);
    expect(second).not.toContain('octo');
  });

  it('shows the lines of a run that is named', async () => {
    const ran = await run(['get', 'runs', newer.run], await withRuns(older, newer));

    expect(ran.out).toContain('neu-1:\n  CLUSTER_TLS: not its certificate');
    expect(ran.out).not.toContain(older.run);
  });

  it('shows only the runs of the given cluster, state or id', async () => {
    const world = await withRuns(older, newer);

    expect((await run(['get', 'runs', '--cluster', 'neu-1'], world)).out).not.toContain(older.run);
    expect((await run(['get', 'runs', '--state', 'done'], world)).out).not.toContain(newer.run);
  });

  it('exits with 1 when a run that is named is not there', async () => {
    const world = await withRuns(older);

    expect(await run(['get', 'runs', 'nonsense'], world)).toMatchObject({ code: 1, err: 'No such run.\n' });
    expect((await run(['get', 'runs', older.run], world)).code).toBe(0);
  });

  it('refuses a selector that says nothing of runs instead of ignoring it', async () => {
    expect(await run(['get', 'runs', '--vault', 'team'], await withRuns(older))).toMatchObject({
      code: 64,
      err: expect.stringContaining('--vault does not select runs'),
    });
  });

  it('never shortens the id of a run, which people copy, however narrow the terminal is', async () => {
    const many = aRun({ cluster: 'neu-1', counts: { DELIVERED: 3, UNCHANGED: 10, NOT_ACCEPTED: 4 } });

    const ran = await run(['get', 'runs'], { ...(await withRuns(many)), width: 60 });

    expect(ran.out).toContain(many.run);
    expect(Math.max(...ran.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});
