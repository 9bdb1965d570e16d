import { describe, expect, it } from 'vitest';
import { ruledRegistry, unheededDocuments } from '../../../../shared/adapters/storage/registry/ruled.ts';
import { NEVER } from '../../../../shared/time.ts';
import { stored, writtenCluster, writtenRoute } from '../../../support/documents.ts';
import { config } from '../../../support/environment.ts';
import { fakeRegistry } from '../../../support/fakes/registry.ts';

const rules = config({ CONSENT_NOT_REQUIRED: 'dev-1', ALLOWED_METADATA: 'team' });

const raw = () =>
  fakeRegistry(
    stored(writtenCluster('dev-1')),
    stored(writtenCluster('weu-1', { requireConsent: false })),
    stored(writtenRoute('app-1', { labels: { team: 'a', steer: 'b' } })),
    stored(writtenRoute('app-2')),
  );

describe('the registry of a deployment', () => {
  it('hands out clusters with the consent that the deployment decides', async () => {
    const { rows } = await ruledRegistry(raw(), rules).clusters(NEVER);
    expect(rows.map(({ metadata, spec }) => [metadata.name, spec.requireConsent])).toEqual([
      ['dev-1', false],
      ['weu-1', true],
    ]);
  });

  it('hands out routes with the labels that the deployment allows, however they are asked for', async () => {
    const registry = ruledRegistry(raw(), rules);
    for (const read of [registry.routes(NEVER), registry.routesByPrefix('team', ['app-1--'], NEVER)])
      expect((await read).rows[0]?.spec.labels).toEqual({ team: 'a' });
  });

  it('hands out bad rows as they are', async () => {
    const registry = raw();
    registry.write('Cluster', { partitionKey: 'cluster', rowKey: 'bad', document: '{' });
    expect((await ruledRegistry(registry, rules).clusters(NEVER)).bad).toEqual([
      { kind: 'Cluster', name: 'bad', message: 'document is not JSON' },
    ]);
  });

  it('tells what documents ask for in vain', async () => {
    expect(await unheededDocuments(raw(), rules, NEVER)).toEqual([
      { about: 'Cluster weu-1', message: expect.stringContaining('requireConsent') as string },
      { about: 'Route app-1', message: expect.stringContaining('annotations steer are not set') as string },
    ]);
  });
});
