import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { namesOf, wantedNames, withoutOptions } from '../../../shared/cli/completion/names.ts';
import { CONNECTIONS } from '../../../shared/cli/connect/open.ts';
import { stored, writtenCluster, writtenRoute } from '../../support/documents.ts';
import { fakeRegistry } from '../../support/fakes/registry.ts';
import { createFakeStatus } from '../../support/fakes/status.ts';
import { aRun } from '../app.ts';
import { aRow, V1 } from '../rows.ts';

/** As a shell hands them over, the word being typed left out. */
function wanted(line: string): string | undefined {
  const words = line.split(' ');
  return wantedNames(withoutOptions(words), words.at(-1) ?? '');
}

describe('names after', () => {
  it.each([
    ['reconcile --cluster', 'clusters'],
    ['check', 'clusters'],
    ['check weu-1', 'clusters'],
    ['render', 'routes'],
    ['get routes', 'routes'],
    ['delete route', 'routes'],
    ['get -o json clusters', 'clusters'],
    ['get --at test cluster', 'clusters'],
    ['explain', 'secrets'],
    ['push --vault-url team=x', 'secrets'],
    ['get runs', 'runs'],
    ['reconcile --cluster weu-1 --confirm-removals', 'runs'],
    ['context use', 'contexts'],
    ['explain-field', 'fields'],
    ['get targets --at', 'contexts'],
    ['get targets --secret', 'secrets'],
  ])('%s are those of %s', (line, names) => {
    expect(wanted(line)).toBe(names);
  });

  it.each([
    '',
    'get',
    'apply -f',
    'render app-1',
    'explain app-1--pg',
    'get targets',
    'context set prod --registry',
  ])('%j are asked of nobody', (line) => {
    expect(wanted(line)).toBeUndefined();
  });
});

describe('the names of a deployment', () => {
  const io = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    interactive: true,
    colour: false,
    env: {},
    signal: AbortSignal.timeout(10_000),
  };
  const finish = () => {};

  it('are its clusters and routes, the secrets that it delivered, and its runs, newest first', async () => {
    const status = createFakeStatus();
    const registry = fakeRegistry(
      stored(writtenCluster()),
      stored(writtenCluster('neu-1')),
      stored(writtenRoute()),
    );
    const sources = `team/app-1--pg--user@${V1}:1795000000,team/app-1--pg--password@${V1}:1795000000`;
    for (const cluster of ['weu-1', 'neu-1'])
      await status.saveTargets([{ row: aRow({ cluster, sources }), over: undefined }], io.signal);
    for (const run of ['20261121T091500Z-aaaa', '20261121T101500Z-3fa9c1aa'])
      await status.saveRun(aRun({ run }), io.signal);
    const openRegistry = () => Promise.resolve(registry);
    const context = { ...CONNECTIONS, openRegistry, openStatus: () => Promise.resolve(status), io, finish };

    expect(await namesOf('clusters', undefined, context)).toEqual(['neu-1', 'weu-1']);
    expect(await namesOf('routes', undefined, context)).toEqual(['app-1']);
    expect(await namesOf('secrets', undefined, context)).toEqual(['app-1--pg--password', 'app-1--pg--user']);
    expect(await namesOf('runs', undefined, context)).toEqual([
      '20261121T101500Z-3fa9c1aa',
      '20261121T091500Z-aaaa',
    ]);
  });

  it('are none where the registry does not answer, or the context is none', async () => {
    const context = { ...CONNECTIONS, openRegistry: () => Promise.reject(new Error('down')), io, finish };

    expect(await namesOf('clusters', undefined, context)).toEqual([]);
    expect(await namesOf('fields', undefined, context)).toContain('spec.layout');
    expect(await namesOf('routes', 'nowhere', context)).toEqual([]);
  });
});
