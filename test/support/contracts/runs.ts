import { describe, expect, it } from 'vitest';
import type { RunStatus } from '../../../shared/status/run.ts';
import type { StatusHarness } from './tables.ts';

const NOW = Date.UTC(2026, 10, 20, 10, 15);
const { signal } = new AbortController();

export function aRunRow(overrides: Partial<RunStatus> = {}): RunStatus {
  return {
    cluster: 'weu-1',
    run: '20261120T101500Z-3fa9c1',
    kind: 'reconcile',
    scope: '',
    state: 'done',
    startedAt: NOW,
    finishedAt: NOW + 1500,
    done: 10,
    total: 10,
    counts: { UNCHANGED: 9, DELIVERED: 1 },
    lines: ['weu-1/app-1/pg written'],
    app: undefined,
    ...overrides,
  };
}

/** What every Status does with runs; `at` gives the one that is tested, with empty tables. */
export function describeRuns(name: string, at: () => StatusHarness): void {
  describe(`${name}: runs`, () => {
    const runAt = (minute: number): RunStatus =>
      aRunRow({ run: `20261120T10${String(minute).padStart(2, '0')}00Z-3fa9c1` });

    it('lists the runs of a cluster, newest first', async () => {
      for (const minute of [5, 45, 20]) await at().status.saveRun(runAt(minute), signal);
      await at().status.saveRun(aRunRow({ cluster: 'weu-2' }), signal);
      expect(await at().status.runs('weu-1', signal)).toEqual([45, 20, 5].map(runAt));
    });

    it('lists runs of one second by the milliseconds in their ids, the newest first', async () => {
      const [early, late] = ['05f40eb8809', '13a6954d925'].map((id) =>
        aRunRow({ run: `20261120T101500Z-${id}` }),
      );
      for (const row of [early, late]) if (row !== undefined) await at().status.saveRun(row, signal);
      expect(await at().status.runs('weu-1', signal)).toEqual([late, early]);
    });

    it('lists a run of a far future before all others', async () => {
      const far = aRunRow({ run: '99991231T235959Z-3fa9c1' });
      for (const row of [runAt(5), far, runAt(20)]) await at().status.saveRun(row, signal);
      expect(await at().status.runs('weu-1', signal)).toEqual([far, runAt(20), runAt(5)]);
    });

    it('replaces the row of a run as it goes on', async () => {
      const begun = aRunRow({ state: 'running', finishedAt: 0, done: 0, total: 0, counts: {}, lines: [] });
      await at().status.saveRun(begun, signal);
      expect(await at().status.runs('weu-1', signal)).toEqual([begun]);
      await at().status.saveRun(aRunRow(), signal);
      expect(await at().status.runs('weu-1', signal)).toEqual([aRunRow()]);
    });

    it('keeps the last 50 runs of a cluster', async () => {
      for (let minute = 0; minute < 53; minute += 1) {
        await at().status.saveRun({ ...runAt(minute), state: minute === 52 ? 'done' : 'running' }, signal);
      }
      const runs = await at().status.runs('weu-1', signal);
      expect(runs.map(({ run }) => run)).toEqual(Array.from({ length: 50 }, (_, n) => runAt(52 - n).run));
      const oldest = `${99_999_999_999_999 - 20_261_120_100_000}_${runAt(0).run}`;
      expect(await at().row('Runs', 'weu-1', oldest)).toBeUndefined();
    });

    const failed = (minute: number): RunStatus => ({ ...runAt(minute), state: 'failed', finishedAt: minute });
    const summary = { targets: { synced: 3, 'refused NOT_ACCEPTED': 1 }, failingSince: 7, expires: 8 };

    it('tells the newest whole runs that looked at the cluster and that saw all of it', async () => {
      expect(await at().status.lastLooks('weu-1', signal)).toEqual({
        newest: undefined,
        complete: undefined,
      });
      const rows = [
        { ...runAt(1), summary, finishedAt: NOW },
        { ...runAt(2), state: 'incomplete', finishedAt: NOW + 2 } as const,
        { ...runAt(3), scope: 'app-1' },
        { ...runAt(4), kind: 'plan' } as const,
        failed(5),
        { ...runAt(6), state: 'running' } as const,
      ];
      for (const row of rows) await at().status.saveRun(row, signal);
      expect(await at().status.lastLooks('weu-1', signal)).toEqual({
        newest: { state: 'incomplete', finishedAt: NOW + 2 },
        complete: { state: 'done', finishedAt: NOW, summary },
      });
    });

    it('keeps the last whole run that saw everything however many failed since', async () => {
      await at().status.saveRun({ ...runAt(0), summary }, signal);
      for (let minute = 1; minute < 53; minute += 1)
        await at().status.saveRun({ ...failed(minute), state: minute < 51 ? 'running' : 'failed' }, signal);
      const { newest, complete } = await at().status.lastLooks('weu-1', signal);
      expect([newest, complete]).toMatchObject([{ summary }, { summary }]);
      expect(await at().status.runs('weu-1', signal)).toHaveLength(50);
    });

    it('reads a run without a summary that it cannot read', async () => {
      await at().status.saveRun({ ...runAt(0), summary }, signal);
      const key = `${99_999_999_999_999 - 20_261_120_100_000}_${runAt(0).run}`;
      const { etag: _etag, timestamp: _time, ...stored } = { ...(await at().row('Runs', 'weu-1', key)) };
      await at().put('Runs', { ...stored, partitionKey: 'weu-1', rowKey: key, summary: '[]' });
      expect((await at().status.runs('weu-1', signal))[0]).toEqual(runAt(0));
    });

    it('keeps as many lines as fit and says how many did not', async () => {
      const lines = Array.from({ length: 200 }, (_, n) => `${n} ${'"'.repeat(400)}`);
      await at().status.saveRun(aRunRow({ lines }), signal);
      const [run] = await at().status.runs('weu-1', signal);
      const kept = run?.lines ?? [];
      expect(kept.length).toBeGreaterThan(30);
      expect(kept.slice(0, -1)).toEqual(lines.slice(0, kept.length - 1));
      expect(kept.at(-1)).toBe(`… and ${200 - kept.length + 1} more`);
    });

    it('refuses a row whose id is no run id', async () => {
      const saved = at().status.saveRun(aRunRow({ run: 'yesterday' }), signal);
      await expect(saved).rejects.toMatchObject({ name: 'VaultcastError', code: 'INTERNAL' });
    });
  });
}
