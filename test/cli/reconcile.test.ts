import { describe, expect, it } from 'vitest';
import type { Output } from '../../shared/output/json-schema.ts';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';
import { fakeRegistry } from '../support/fakes/registry.ts';
import { createFakeStatus } from '../support/fakes/status.ts';
import { appDoing, aRun } from './app.ts';
import { run } from './run.ts';
import { aTerminal } from './terminal.ts';

const aRegistry = () =>
  fakeRegistry(
    stored(writtenCluster()),
    stored(writtenCluster('neu-1')),
    stored(writtenCluster('dev-1', { paused: true })),
    stored(writtenRoute()),
    stored(writtenRoute('only-neu', { clusters: { names: ['neu-1'] } })),
  );

describe('vaultcast reconcile', () => {
  it('asks the app to reconcile every cluster that is not paused, and shows the result of each', async () => {
    const app = appDoing(({ cluster }) => ({
      counts: { UNCHANGED: 3, ...(cluster === 'neu-1' && { DELIVERED: 1 }) },
    }));

    const ran = await run(['reconcile'], { registry: aRegistry(), ...app });

    expect(ran.code).toBe(0);
    expect(ran.err).toMatch(/^Paused, left out: dev-1\nRun \d{8}T\d{6}Z-[0-9a-f]{4,12}\n/);
    expect(ran.err).toMatch(/weu-1 done/);
    expect(ran.out).toMatch(/neu-1 +done +4 +UNCHANGED 3, DELIVERED 1/);
    expect(app.sent).toEqual([
      { kind: 'shard', run: expect.any(String), clusters: ['neu-1', 'weu-1'], dryRun: false, recheck: true },
    ]);
  });

  it('sends messages of at most 20 clusters, all with the same run id', async () => {
    const names = Array.from({ length: 45 }, (_, index) => `c-${index}`);
    const app = appDoing(() => ({}));

    const ran = await run(['reconcile', '-o', 'json'], {
      registry: fakeRegistry(...names.map((name) => stored(writtenCluster(name)))),
      ...app,
    });

    const { items } = JSON.parse(ran.out) as { items: Output<'Run'>[] };
    expect(items.map(({ metadata }): string => metadata.cluster ?? '').toSorted()).toEqual(names.toSorted());
    expect(app.sent.map((message) => ('clusters' in message ? message.clusters.length : 0))).toEqual([
      20, 20, 5,
    ]);
    expect(new Set(app.sent.map((message) => message.run)).size).toBe(1);
  });

  it('limits the run to the given cluster and route', async () => {
    const app = appDoing(() => ({}));

    await run(['reconcile', '--cluster', 'neu-1', '--route', 'app-1'], { registry: aRegistry(), ...app });
    await run(['reconcile', '--route', 'only-neu'], { registry: aRegistry(), ...app });

    expect(app.sent).toMatchObject([
      { clusters: ['neu-1'], route: 'app-1' },
      { clusters: ['neu-1'], route: 'only-neu' },
    ]);
  });

  it('exits with 2 when an outcome needs a person, and tells how to confirm held removals', async () => {
    const app = appDoing(() => ({
      counts: { NOT_ACCEPTED: 1, REMOVAL_HELD: 9 },
      lines: ['NOT_ACCEPTED app-1/pg: namespace app-1 accepts no secrets'],
    }));

    const ran = await run(['reconcile', '--cluster', 'weu-1'], { registry: aRegistry(), ...app });

    expect(ran.code).toBe(2);
    expect(ran.out).toContain('NOT_ACCEPTED app-1/pg: namespace app-1 accepts no secrets');
    expect(ran.out).toContain(`vaultcast reconcile --cluster weu-1 --confirm-removals ${app.sent[0]?.run}`);
  });

  it('says once for all clusters what it has to say of each of them', async () => {
    const lines = ['vault team was not listed: VAULT_THROTTLED: vault team: answered 429'];
    const app = appDoing(({ cluster }) => ({
      state: 'incomplete',
      counts: { VAULT_THROTTLED: 1 },
      lines: cluster === 'weu-2' ? [] : lines,
    }));
    const registry = fakeRegistry(...['neu-1', 'weu-1', 'weu-2'].map((name) => stored(writtenCluster(name))));

    const { out } = await run(['reconcile'], { registry, ...app });

    expect(out.split('\n').slice(4)).toEqual(['neu-1, weu-1:', `  ${lines[0]}`, '']);
  });

  it('exits with 1 when the run of a cluster failed', async () => {
    const app = appDoing(({ cluster }) => ({ state: cluster === 'neu-1' ? 'failed' : 'done' }));

    expect((await run(['reconcile'], { registry: aRegistry(), ...app })).code).toBe(1);
  });

  it('passes --confirm-removals on for one cluster whose run held removals back, and refuses it without one', async () => {
    const app = appDoing(() => ({ counts: { REMOVED: 9 } }));
    const held = aRun({ counts: { REMOVAL_HELD: 9 } });
    await app.status.saveRun(held, new AbortController().signal);
    const confirm = ['reconcile', '--confirm-removals', held.run];

    await run([...confirm, '--cluster', 'weu-1'], { registry: aRegistry(), ...app });
    const everywhere = await run(confirm, { registry: aRegistry(), ...app });

    expect(everywhere).toMatchObject({ code: 64, err: expect.stringContaining('of one --cluster') });
    expect(app.sent).toMatchObject([{ clusters: ['weu-1'], confirmRemovals: held.run }]);
  });

  it('refuses to confirm a run that held nothing back, names the one that did, and sends nothing', async () => {
    const app = appDoing(() => ({}));
    const held = aRun({ counts: { REMOVAL_HELD: 9 } });
    await app.status.saveRun(held, new AbortController().signal);
    const args = ['reconcile', '--cluster', 'weu-1', '--confirm-removals', '20261121T101500Z-ffff'];

    expect(await run(args, { registry: aRegistry(), ...app })).toMatchObject({
      code: 1,
      err: expect.stringContaining(`The newest one that did: ${held.run}`),
    });
    expect(app.sent).toEqual([]);
  });

  it('names a cluster that is not registered, and suggests the closest name', async () => {
    const ran = await run(['reconcile', '--cluster', 'weu1'], {
      registry: aRegistry(),
      ...appDoing(() => ({})),
    });

    expect(ran).toMatchObject({
      code: 1,
      err: 'Error: Cluster weu1 is not registered\nDid you mean weu-1?\n',
    });
  });

  it('prints the run id and returns at once with --no-wait', async () => {
    const app = appDoing(() => ({}));

    const ran = await run(['reconcile', '--no-wait'], { registry: aRegistry(), ...app });

    expect(ran).toMatchObject({ code: 0, out: `${app.sent[0]?.run}\n` });
  });

  it('exits with 1 after --timeout, and says that the run goes on', async () => {
    const idle = { ...appDoing(() => ({})), status: createFakeStatus() };

    const ran = await run(['reconcile', '--timeout', '0s'], { registry: aRegistry(), ...idle });

    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/the run goes on in the app. See later: vaultcast get runs \d{8}T/);
    expect(ran.err).toContain('No sign of neu-1, weu-1 yet');
  });

  it('exits with 130 at Ctrl-C, and says that the run goes on', async () => {
    const interrupt = new AbortController();
    const app = appDoing(
      () => ({ state: 'running' }),
      () => interrupt.abort(),
    );

    const ran = await run(['reconcile'], { registry: aRegistry(), ...app, signal: interrupt.signal });

    expect(ran).toMatchObject({
      code: 130,
      err: expect.stringContaining('Interrupted: the run goes on in the app'),
    });
  });

  it('goes on when the table fails for a moment, and exits with 1 when it keeps failing', async () => {
    const app = appDoing(() => ({}));
    app.status.fail({ code: 'STATUS_UNAVAILABLE', when: (call) => call === 'status.runs', times: 4 });
    const moment = await run(['reconcile'], { registry: aRegistry(), ...app });
    app.status.fail({ code: 'STATUS_UNAVAILABLE', when: (call) => call === 'status.runs' });
    const ever = await run(['reconcile'], { registry: aRegistry(), ...app });

    expect(moment.code).toBe(0);
    expect(ever).toMatchObject({ code: 1, err: expect.stringContaining('Check --registry') });
  });

  it('shows one counter on a terminal when there are too many clusters for a bar each', async () => {
    const terminal = aTerminal();
    const names = Array.from({ length: 30 }, (_, index) => `c-${index}`);

    const ran = await run(['reconcile'], {
      registry: fakeRegistry(...names.map((name) => stored(writtenCluster(name)))),
      ...appDoing(() => ({})),
      interactive: true,
      stderr: terminal.stream,
    });

    expect(ran.code).toBe(0);
    expect(terminal.text()).toContain('30/30 clusters');
  });

  it('draws progress bars on stderr of a terminal, and prints only the result on stdout', async () => {
    const terminal = aTerminal();
    const app = appDoing(() => ({ counts: { UNCHANGED: 1 } }));

    const ran = await run(['reconcile', '-o', 'json'], {
      registry: aRegistry(),
      ...app,
      interactive: true,
      stderr: terminal.stream,
    });

    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({ kind: 'RunList', metadata: { counts: { done: 2 } } });
    expect(terminal.text()).toContain('weu-1 done');
  });
});

describe('vaultcast plan', () => {
  it('asks for a dry run, and exits with 2 when the run would change something', async () => {
    const app = appDoing(() => ({
      kind: 'plan',
      counts: { PLANNED: 1 },
      lines: ['PLANNED app-1/pg: the Secret would be created'],
    }));

    const ran = await run(['plan', '--cluster', 'weu-1'], { registry: aRegistry(), ...app });

    expect(ran).toMatchObject({ code: 2, out: expect.stringContaining('would be created') });
    expect(app.sent).toMatchObject([{ dryRun: true, clusters: ['weu-1'] }]);
  });

  it('exits with 0 when the run would change nothing', async () => {
    const app = appDoing(() => ({ kind: 'plan', counts: { UNCHANGED: 5 } }));

    expect((await run(['plan'], { registry: aRegistry(), ...app })).code).toBe(0);
  });
});
