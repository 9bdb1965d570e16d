import { describe, expect, it } from 'vitest';
import type { Output } from '../../../shared/output/json-schema.ts';
import {
  collisionProblem,
  heldProblem,
  namespaceProblem,
  problemRecord,
} from '../../../shared/status/problem.ts';
import type { Problem } from '../../../shared/status/problem.ts';
import type { TargetStatus } from '../../../shared/status/target.ts';
import { anyway } from '../../support/anyway.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aRun } from '../app.ts';
import { aRow } from '../rows.ts';
import { run } from '../run.ts';

const signal = new AbortController().signal;
const RUN = '20261121T101500Z-3fa9c1aa';
const now = Date.now();
const problemRow = (problem: Problem): TargetStatus => problemRecord(problem, undefined, { run: RUN, now });

async function withRows(...rows: TargetStatus[]) {
  const status = createFakeStatus();
  for (const row of rows) await status.saveTargets(anyway([row]), signal);
  const registry = fakeRegistry(
    stored(writtenCluster()),
    stored(writtenCluster('neu-1')),
    stored(writtenRoute()),
  );
  return { registry, status };
}

const refused = aRow({
  id: 'app-2:mq',
  state: 'refused',
  code: 'NOT_ACCEPTED',
  message: 'no',
  route: 'app-2',
});
const waiting = aRow({ cluster: 'neu-1', state: 'pending', code: 'CLUSTER_TIMEOUT', message: 'no answer' });
const orphan = aRow({ cluster: 'neu-1', id: 'app-1:old', state: 'orphaned', code: 'ORPHANED' });
const gaveUp = problemRow({
  id: 'secret:team:app-1--pg--password',
  code: 'GAVE_UP',
  message: 'Key Vault refused for 24 hours',
});

describe('vaultcast get problems', () => {
  it('shows each thing that is stuck with its reason, whose turn it is and what helps, and exits with 2', async () => {
    const world = await withRows(aRow(), refused, waiting, orphan, gaveUp);
    world.registry.write('Route', { partitionKey: 'team', rowKey: 'broken', document: 'x' });

    const ran = await run(['get', 'problems'], world);

    expect(ran.code).toBe(2);
    expect(ran.out).toMatch(
      /- +row broken +problem +BAD_ROW +platform\n {4}Route broken: document is not JSON/,
    );
    expect(ran.out).toMatch(
      /- +secret team\/app-1--pg--password +problem +GAVE_UP .*\n {4}Key Vault refused/,
    );
    expect(ran.out).toMatch(/neu-1 +app-1\/pg +pending +CLUSTER_TIMEOUT +3 h +vaultcast\n {4}no answer/);
    expect(ran.out).toMatch(/weu-1 +app-2\/mq +refused +NOT_ACCEPTED +3 h +namespace-owner\n {4}no\n/);
    expect(ran.out).toContain('What helps\n  vaultcast check neu-1\n');
    expect(ran.out).not.toMatch(/synced|orphaned/);
    expect(ran.err).toContain('4 problems: 1 pending, 2 problem, 1 refused');
  });

  it('exits with 0 when nothing is stuck', async () => {
    expect(await run(['get', 'problems'], await withRows(aRow(), orphan))).toMatchObject({
      code: 0,
      out: '',
      err: 'No problems.\n',
    });
  });

  it('shows of a cluster in back-off the cause that its problem keeps, with the next try', async () => {
    const down = problemRow({ id: 'cluster:neu-1', code: 'CLUSTER_TLS', message: 'another certificate' });
    const world = await withRows(down);
    const nextTry = Date.UTC(2026, 10, 21);
    await world.status.saveBackOff('neu-1', { failures: 4, nextTry }, signal);
    const cause = 'CLUSTER_TIMEOUT: no answer in time';
    await world.status.saveBackOff('weu-1', { failures: 3, nextTry, cause }, signal);

    const { out } = await run(['get', 'problems'], world);

    expect(out).toMatch(/neu-1 +cluster neu-1 +problem +CLUSTER_TLS .*\n {4}another certificate\n/);
    expect(out).toMatch(
      /weu-1 +cluster weu-1 +problem +CLUSTER_BACKOFF .*\n {4}it failed 3 times in a row; the last time: CLUSTER_TIMEOUT: no answer in time\n/,
    );
    expect(out.match(/next try at 2026-11-21T00:00:00Z/g)).toHaveLength(2);
  });

  it('calls a cluster that failed once or twice no problem of its own: that may be a hiccup', async () => {
    const world = await withRows();
    await world.status.saveBackOff('neu-1', { failures: 2, nextTry: now }, signal);

    expect(await run(['get', 'problems'], world)).toMatchObject({ code: 0, err: 'No problems.\n' });
  });

  it('shows many targets that were refused alike as one line with their number', async () => {
    const names = Array.from({ length: 42 }, (_, at) => `s${String(at).padStart(2, '0')}`);
    const rows = names.map((name) => ({ ...refused, id: `app-2:${name}` }));

    const table = await run(['get', 'problems'], await withRows(...rows));
    const json = await run(['get', 'problems', '-o', 'json'], await withRows(...rows));

    expect(table.out.match(/NOT_ACCEPTED/g)).toHaveLength(1);
    expect(table.out).toMatch(
      /weu-1 +app-2: 42 targets .*\n {4}no\n {4}s00, s01, s02, s03, s04 and 37 more\n/,
    );
    expect(table.err).toContain('42 problems: 42 refused');
    expect((JSON.parse(json.out) as { items: Output<'Problem'>[] }).items).toHaveLength(42);
  });

  const held = problemRow(heldProblem('weu-1', 39));
  const twins = problemRow(collisionProblem('weu-1', 'app-1', ['app-1/pg: two routes']));
  const unlisted = problemRow(namespaceProblem('weu-1', 'app-1', 'CLUSTER_FORBIDDEN', 'may not list'));
  const vault = problemRow({ id: 'vault:team', code: 'VAULT_FORBIDDEN', message: 'no' });

  it.each([
    [
      ['--cluster', 'weu-1'],
      ['collision:weu-1:app-1', 'namespace:weu-1:app-1', 'removals:weu-1', 'vault:team'],
    ],
    [['--cluster', 'neu-1'], ['vault:team']],
    [
      ['--namespace', 'app-1'],
      ['collision:weu-1:app-1', 'namespace:weu-1:app-1', 'removals:weu-1', 'vault:team'],
    ],
    [
      ['--namespace', 'app-2'],
      ['collision:weu-1:app-1', 'removals:weu-1', 'vault:team'],
    ],
    [
      ['--route', 'app-2'],
      ['namespace:weu-1:app-1', 'removals:weu-1', 'vault:team'],
    ],
    [
      ['--vault', 'other'],
      ['collision:weu-1:app-1', 'namespace:weu-1:app-1', 'removals:weu-1'],
    ],
  ])(
    'with %j hides no problem of a whole cluster, namespace or vault that concerns it',
    async (args, ids) => {
      const ran = await run(
        ['get', 'problems', ...args, '-o', 'name'],
        await withRows(held, twins, unlisted, vault),
      );

      expect(ran.out.trim().split('\n').toSorted()).toEqual(ids.map((id) => `problem/${id}`));
    },
  );

  it('names the newest run that held removals back, with the command that confirms it', async () => {
    const world = await withRows(held);
    const newer = '20261121T103000Z-3fa9c1bb';
    await world.status.saveRun(aRun({ run: newer, counts: { REMOVAL_HELD: 39 } }), signal);
    await world.status.saveRun(aRun({ run: RUN, counts: { REMOVAL_HELD: 38 } }), signal);

    const ran = await run(['get', 'problems', '--cluster', 'weu-1'], world);

    expect(ran.out).toContain(`vaultcast reconcile --cluster weu-1 --confirm-removals ${newer}\n`);
  });
});
