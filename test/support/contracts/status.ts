import { beforeEach, describe, expect, it } from 'vitest';
import type { Ports } from '../../../shared/ports.ts';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { anyway } from '../anyway.ts';
import { describeRuns } from './runs.ts';
import type { StatusHarness } from './tables.ts';

const NOW = Date.UTC(2026, 10, 20, 10, 15);

export function aTargetRow(overrides: Partial<TargetStatus> = {}): TargetStatus {
  return {
    cluster: 'weu-1',
    id: 'app-1:pg',
    state: 'synced',
    code: 'DELIVERED',
    message: 'written',
    route: 'app-1',
    uid: '6f0b1c1e-6d1b-4f7e-9c6b-0d7c6f0b1c1e',
    resourceVersion: '4711',
    fingerprint: 'app-1 team/app-1--pg--password 1763600000',
    sources: 'team/app-1--pg--password@0123456789abcdef0123456789abcdef:1763600000',
    since: NOW,
    attempts: 1,
    cause: 'event 1',
    readAt: NOW / 1000,
    removal: '',
    lookedAt: NOW - 5,
    failingSince: 0,
    nextRetry: 0,
    stale: '',
    announced: '',
    maker: 'team/app-1',
    messages: '',
    ack: '',
    stands: 'yes',
    deliveredAt: NOW - 10,
    parts: '',
    expires: '{"app-1--pg--password":1800000000}',
    deliveries: '',
    confirmed: false,
    ...overrides,
  };
}

const target = { cluster: 'weu-1', namespace: 'app-1', name: 'pg' };
const { signal } = new AbortController();
const someRows = (count: number): TargetStatus[] =>
  Array.from({ length: count }, (_, n) => aTargetRow({ id: `app-1:pg-${String(n).padStart(4, '0')}` }));

/** What every Status does; `start` gives one whose tables are empty. */
export function statusContract(name: string, start: () => Promise<StatusHarness>): void {
  let harness: StatusHarness;
  let status: Ports['status'];
  beforeEach(async () => {
    harness = await start();
    status = harness.status;
  });
  describe(`${name}: targets`, () => {
    it('keeps a row as it was given', async () => {
      await status.saveTargets(anyway([aTargetRow()]), signal);
      expect(await status.target(target, signal)).toEqual(aTargetRow());
      expect(await status.targets('weu-1', signal)).toEqual([aTargetRow()]);
    });

    it('knows nothing of a target never saved', async () => {
      expect(await status.target(target, signal)).toBeUndefined();
      expect(await status.targets('weu-1', signal)).toEqual([]);
    });

    it('replaces a row whole', async () => {
      await status.saveTargets(anyway([aTargetRow({ sources: 'x'.repeat(70_000) })]), signal);
      const after = aTargetRow({ state: 'pending', code: 'CLUSTER_TIMEOUT', sources: 'short' });
      await status.saveTargets(anyway([after]), signal);
      expect(await status.target(target, signal)).toEqual(after);
    });

    it('saves hundreds of rows of several clusters at once', async () => {
      const rows = [...someRows(250), aTargetRow({ cluster: 'weu-2' })];
      await status.saveTargets(anyway(rows), signal);
      expect(await status.targets('weu-1', signal)).toEqual(someRows(250));
      expect(await status.targets('weu-2', signal)).toHaveLength(1);
    });

    it('digests the rows of a cluster to what reading them does, until one is written or forgotten', async () => {
      const digests = [await status.targetsDigest('weu-1', signal)];
      await status.saveTargets(anyway([...someRows(1100), aTargetRow({ cluster: 'weu-2' })]), signal);
      let heard: string | undefined;
      const rows = await status.targets('weu-1', signal, (digest) => (heard = digest));
      digests.push(await status.targetsDigest('weu-1', signal));
      expect(digests[1]).toBe(heard);
      await status.saveTargets(anyway([aTargetRow({ cluster: 'weu-2', attempts: 7 })]), signal);
      expect(await status.targetsDigest('weu-1', signal)).toBe(heard);
      // Of the same content, too: somebody wrote it.
      await status.saveTargets(anyway(rows.slice(-1)), signal);
      digests.push(await status.targetsDigest('weu-1', signal));
      await status.forgetTargets(await status.targets('weu-1', signal), signal);
      digests.push(await status.targetsDigest('weu-1', signal));
      expect(digests.map((one) => digests.indexOf(one))).toEqual([0, 1, 2, 0]);
    });

    it('takes the later of two rows of one target', async () => {
      const [first, second] = [aTargetRow({ attempts: 1 }), aTargetRow({ attempts: 2 })];
      await status.saveTargets(anyway([first, second]), signal);
      expect(await status.target(target, signal)).toEqual(second);
    });

    it('saves a row over what was read of it, and over nothing else', async () => {
      await status.saveTargets([{ row: aTargetRow(), over: undefined }], signal);
      const read = await status.target(target, signal);
      const first = { row: aTargetRow({ attempts: 1 }), over: read };
      expect(await status.saveTargets([first], signal)).toEqual([]);
      const second = { row: aTargetRow({ attempts: 2 }), over: read };
      expect(await status.saveTargets([second], signal)).toEqual([second]);
      expect(await status.target(target, signal)).toEqual(aTargetRow({ attempts: 1 }));
    });

    it('saves a row where none stood only while none does', async () => {
      const [first, second] = [
        { row: aTargetRow({ attempts: 1 }), over: undefined },
        { row: aTargetRow({ attempts: 2 }), over: undefined },
      ];
      expect(await status.saveTargets([first], signal)).toEqual([]);
      expect(await status.saveTargets([second], signal)).toEqual([second]);
      expect(await status.target(target, signal)).toEqual(aTargetRow({ attempts: 1 }));
    });

    it('saves a row over one that was forgotten meanwhile not at all', async () => {
      await status.saveTargets(anyway([aTargetRow()]), signal);
      const over = await status.target(target, signal);
      await status.forgetTargets(over === undefined ? [] : [over], signal);
      const late = { row: aTargetRow({ attempts: 3 }), over };
      expect(await status.saveTargets([late], signal)).toEqual([late]);
      expect(await status.targets('weu-1', signal)).toEqual([]);
    });

    it('saves the others of a group in which one lost', async () => {
      await status.saveTargets(anyway(someRows(250)), signal);
      const read = await status.targets('weu-1', signal);
      await status.saveTargets(anyway([aTargetRow({ id: 'app-1:pg-0007', attempts: 9 })]), signal);
      const writes = read.map((over) => ({ row: { ...over, attempts: 2 }, over }));
      const lost = await status.saveTargets(writes, signal);
      expect(lost.map(({ row }) => row.id)).toEqual(['app-1:pg-0007']);
      const attempts = (await status.targets('weu-1', signal)).map((row) => row.attempts);
      expect(attempts.filter((one) => one === 2)).toHaveLength(249);
      expect(attempts[7]).toBe(9);
    });

    it('tells each of several callers at once whether its own row was saved', async () => {
      await status.saveTargets(anyway(someRows(5)), signal);
      const read = await status.targets('weu-1', signal);
      await status.saveTargets(anyway([aTargetRow({ id: 'app-1:pg-0002', attempts: 9 })]), signal);
      const writes = read.map((over) => ({ row: { ...over, attempts: 2 }, over }));
      const rivals = writes.slice(3).map((write) => ({ ...write, row: { ...write.row, attempts: 3 } }));
      const lost = await Promise.all(
        [...writes, ...rivals].map((write) => status.saveTargets([write], signal)),
      );
      expect(lost.slice(0, 3)).toEqual([[], [], [writes[2]]]);
      for (const at of [3, 4]) expect([...(lost[at] ?? []), ...(lost[at + 2] ?? [])]).toHaveLength(1);
      const attempts = (await status.targets('weu-1', signal)).map((row) => row.attempts);
      expect(attempts.slice(0, 3)).toEqual([2, 2, 9]);
    });

    it('forgets no row that was written since it was read', async () => {
      await status.saveTargets(anyway(someRows(2)), signal);
      const read = await status.targets('weu-1', signal);
      const [first] = someRows(1).map((row) => ({ ...row, attempts: 2 }));
      await status.saveTargets(anyway(first === undefined ? [] : [first]), signal);
      await status.forgetTargets(read, signal);
      expect(await status.targets('weu-1', signal)).toEqual([first]);
    });

    it('names the clusters that have rows and are none of those given', async () => {
      const clusters = ['a', 'neu-1', 'sea-1', 'weu-1', 'weu-1b', 'zz'];
      await status.saveTargets(anyway(clusters.map((cluster) => aTargetRow({ cluster }))), signal);
      expect(await status.strangers(['weu-1', 'neu-1', 'none'], signal)).toEqual([
        'a',
        'sea-1',
        'weu-1b',
        'zz',
      ]);
      expect(await status.strangers([], signal)).toEqual(clusters);
      expect(await status.strangers(clusters, signal)).toEqual([]);
    });

    it('keeps problems that have no target', async () => {
      const problem = aTargetRow({ cluster: '-', id: 'secret:team:app-1--pg--password', state: 'problem' });
      await status.saveTargets(anyway([problem]), signal);
      expect(await status.targets('-', signal)).toEqual([problem]);
    });

    it('forgets rows, those already gone included', async () => {
      await status.saveTargets(anyway(someRows(3)), signal);
      await status.forgetTargets([...someRows(2), aTargetRow({ id: 'app-1:never-saved' })], signal);
      expect(await status.targets('weu-1', signal)).toEqual(someRows(3).slice(2));
    });

    it('keeps long provenance whole, and a message short and on one line', async () => {
      const sources = Array.from({ length: 900 }, (_, n) => `team/app-1--pg--${n}@v:1`).join(',');
      const message = `first\r\nsecond ${'x'.repeat(5000)}`;
      await status.saveTargets(anyway([aTargetRow({ sources, fingerprint: sources, message })]), signal);
      const row = await status.target(target, signal);
      expect(row).toMatchObject({ sources, fingerprint: sources });
      expect(row?.message).toHaveLength(1024);
      expect(row?.message).toMatch(/^first {2}second x+…$/);
    });

    it('drops a fingerprint beyond all bounds instead of shortening it', async () => {
      await status.saveTargets(anyway([aTargetRow({ fingerprint: 'f'.repeat(300_000) })]), signal);
      expect(await status.target(target, signal)).toMatchObject({ fingerprint: '' });
    });

    it.each(['app-1:pg/x', 'app-1:pg#x', 'app-1:pg?x', 'app-1:pg\\x', 'app-1:p%2eg', 'app-1:\u0000', ''])(
      'refuses %j as a key before anything is sent',
      async (id) => {
        const saved = status.saveTargets(anyway([aTargetRow(), aTargetRow({ id })]), signal);
        await expect(saved).rejects.toMatchObject({ name: 'VaultcastError', code: 'INTERNAL' });
        expect(await status.targets('weu-1', signal)).toEqual([]);
      },
    );

    it.each([
      ['a code of another release', { code: 'GONE_CODE' }],
      ['a state of another release', { state: 'blessed' }],
      ['a number that is text', { attempts: 'many' }],
      ['a column missing', { uid: undefined }],
    ])('reads a row with %s as absent', async (_, damage) => {
      await status.saveTargets(anyway([aTargetRow(), aTargetRow({ id: 'app-1:whole' })]), signal);
      const stored = (await harness.row('Targets', 'weu-1', 'app-1:pg')) ?? {};
      const { etag: _etag, timestamp: _timestamp, ...columns } = stored as Record<string, unknown>;
      await harness.put('Targets', { ...columns, partitionKey: 'weu-1', rowKey: 'app-1:pg', ...damage });
      expect(await status.target(target, signal)).toBeUndefined();
      expect((await status.targets('weu-1', signal)).map(({ id }) => id)).toEqual(['app-1:whole']);
    });

    it('writes nothing once its caller has given up', async () => {
      const saved = status.saveTargets(anyway([aTargetRow()]), AbortSignal.abort());
      await expect(saved).rejects.toMatchObject({ name: 'VaultcastError', code: 'STATUS_UNAVAILABLE' });
      expect(await status.targets('weu-1', signal)).toEqual([]);
    });
  });

  describeRuns(name, () => harness);

  describe(`${name}: back-offs`, () => {
    it('remembers when a failing cluster may be tried again, until it answers', async () => {
      await status.saveBackOff('weu-1', { failures: 3, nextTry: NOW + 30_000 }, signal);
      await status.saveBackOff('weu-2', { failures: 1, nextTry: NOW + 10_000 }, signal);
      await status.saveBackOff('weu-2', undefined, signal);
      expect([...(await status.backOffs(signal))]).toEqual([
        ['weu-1', { failures: 3, nextTry: NOW + 30_000 }],
      ]);
    });

    it('gives a probe to one of those who see that it is due, and to none who looked too early', async () => {
      const [seen, next] = [
        { failures: 3, nextTry: NOW },
        { failures: 4, nextTry: NOW + 30_000 },
      ];
      await status.saveBackOff('weu-1', seen, signal);
      const claims = [1, 2, 3, 4, 5].map(() => status.claimTry('weu-1', seen, next, signal));
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
      expect(await status.claimTry('weu-1', seen, next, signal)).toBe(false);
      expect((await status.backOffs(signal)).get('weu-1')).toEqual(next);
    });

    it('gives no probe of a cluster that has answered meanwhile, or was never seen to fail', async () => {
      const seen = { failures: 3, nextTry: NOW };
      await status.saveBackOff('weu-1', seen, signal);
      await status.saveBackOff('weu-1', undefined, signal);
      for (const cluster of ['weu-1', 'weu-2'])
        expect(await status.claimTry(cluster, seen, { failures: 4, nextTry: NOW + 1 }, signal)).toBe(false);
      expect((await status.backOffs(signal)).size).toBe(0);
    });

    it('a back-off leaves the other columns of its row alone', async () => {
      await harness.put('Endpoints', { partitionKey: 'endpoint', rowKey: 'weu-1', server: 'https://weu-1' });
      await status.saveBackOff('weu-1', { failures: 1, nextTry: NOW }, signal);
      await status.saveBackOff('weu-1', undefined, signal);
      expect(await harness.row('Endpoints', 'endpoint', 'weu-1')).toMatchObject({ server: 'https://weu-1' });
      expect((await status.backOffs(signal)).size).toBe(0);
    });
  });
}
