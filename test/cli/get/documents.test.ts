import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aRun } from '../app.ts';
import { aRow } from '../rows.ts';
import { run } from '../run.ts';

const signal = new AbortController().signal;

const aRegistry = () =>
  fakeRegistry(
    stored(writtenCluster()),
    stored(writtenCluster('neu-1', { paused: true })),
    stored(writtenRoute()),
    stored(writtenRoute('everything', { prefix: '', allSecrets: true, namespaces: { fromSegment: 1 } })),
  );

describe('vaultcast get', () => {
  it.each([
    ['cluster', 'NAME   ENDPOINT'],
    ['route', 'NAME        VAULT'],
    ['target', 'CLUSTER  TARGET'],
    ['tgt', 'CLUSTER  TARGET'],
    ['problem', 'CLUSTER  WHAT'],
    ['run', 'RUN '],
  ])('understands %s', async (word, heading) => {
    const status = createFakeStatus();
    await status.saveTargets([{ row: aRow({ state: 'refused' }), over: 'any' }], signal);
    await status.saveRun(aRun(), signal);

    expect((await run(['get', word], { registry: aRegistry(), status })).out).toContain(heading);
  });

  it('shows clusters in a table with the number of routes that reach each', async () => {
    const ran = await run(['get', 'clusters'], { registry: aRegistry() });

    expect(ran).toEqual({
      code: 0,
      err: '',
      out: [
        'NAME   ENDPOINT           LABELS    ROUTES  PAUSED',
        'neu-1  neu-1.example.com  env=prod  2       yes',
        'weu-1  weu-1.example.com  env=prod  2',
        '',
      ].join('\n'),
    });
  });

  it('shows routes in a table with their prefix and where they deliver', async () => {
    const ran = await run(['get', 'routes'], { registry: aRegistry() });

    expect(ran.out).toBe(
      [
        'NAME        VAULT  PREFIX         CLUSTERS  NAMESPACES  LAYOUT   PAUSED',
        'app-1       team   app-1--        env=prod  app-1       service',
        'everything  team   (all secrets)  env=prod  segment 1   service',
        '',
      ].join('\n'),
    );
  });

  it('prints documents as they were written, without the defaults of the schema', async () => {
    const ran = await run(['get', 'route', 'app-1', '-o', 'yaml'], { registry: aRegistry() });
    const json = await run(['get', 'routes', 'app-1', '-o', 'json'], { registry: aRegistry() });

    expect(parseAllDocuments(ran.out).map((document) => document.toJS() as unknown)).toEqual([
      writtenRoute(),
    ]);
    expect(JSON.parse(json.out)).toEqual(writtenRoute());
  });

  it('prints several documents as one list in the style of Kubernetes, counted by whether they are paused', async () => {
    const ran = await run(['get', 'clusters', '-o', 'json'], { registry: aRegistry() });

    expect(JSON.parse(ran.out)).toMatchObject({
      apiVersion: 'vaultcast.dev/v1',
      kind: 'ClusterList',
      metadata: { counts: { active: 1, paused: 1 } },
      items: [{ kind: 'Cluster', metadata: { name: 'neu-1' } }, { metadata: { name: 'weu-1' } }],
    });
  });

  it.each([
    [['routes', '--vault', 'team', '--namespace', 'app-1'], 'route/app-1\nroute/everything\n'],
    [['routes', '--vault', 'other'], ''],
    [['routes', '--namespace', 'app-2'], 'route/everything\n'],
    [['routes', '--cluster', 'weu-1'], 'route/app-1\nroute/everything\n'],
    [['clusters', '--route', 'app-1'], 'cluster/neu-1\ncluster/weu-1\n'],
    [['clusters', '--route', 'nowhere'], ''],
  ])('shows only what %j selects', async (args, expected) => {
    expect((await run(['get', ...args, '-o', 'name'], { registry: aRegistry() })).out).toBe(expected);
  });

  it.each(['yaml', 'json'])('prints %s that apply takes back without a change', async (format) => {
    const registry = aRegistry();
    const printed = await run(['get', 'routes', '-o', format], { registry });

    const ran = await run(['apply', '-f', '-', '--dry-run'], { registry, stdin: printed.out });

    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('2 unchanged') });
  });

  it('names invalid rows on stderr without their control characters, and exits with 2', async () => {
    const registry = aRegistry();
    registry.write('Route', { partitionKey: 'team', rowKey: 'bad\u001b[2J', document: 'x' });

    const ran = await run(['get', 'routes', '-o', 'json'], { registry });

    expect(ran).toMatchObject({ code: 2, err: 'Route bad?[2J is invalid: document is not JSON\n' });
    expect(JSON.parse(ran.out)).toMatchObject({ items: [{}, {}] });
  });

  it.each([
    ['nonsense', 'See: vaultcast get --help'],
    ['targts', 'Did you mean targets?'],
    ['secrets', 'Of a secret of the vault: vaultcast explain NAME; Secrets in clusters are targets'],
    ['contexts', 'Of contexts: vaultcast context'],
    ['constructor', 'See: vaultcast get --help'],
  ])('says of %s what get shows, and where else to look', async (kind, hint) => {
    expect(await run(['get', kind], { registry: fakeRegistry() })).toEqual({
      code: 64,
      out: '',
      err: `Error: get shows clusters, routes, targets, problems, runs, and no ${kind}\n${hint}\n`,
    });
  });

  it('says when nothing is registered, when a name is unknown, and when a filter does not apply', async () => {
    const none = fakeRegistry();
    none.exists = false;

    expect(await run(['get', 'routes'], { registry: none })).toEqual({
      code: 0,
      out: '',
      err: 'There is no table Clusters, Routes yet: the first apply makes what is missing.\nNo route is registered.\n',
    });
    expect(await run(['get', 'route', 'app-9'], { registry: aRegistry() })).toMatchObject({
      code: 1,
      err: expect.stringContaining('Route app-9 not registered'),
    });
    expect((await run(['get', 'clusters', '--cluster', 'x'], { registry: none })).code).toBe(64);
  });
});
