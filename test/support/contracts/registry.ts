import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { candidatePrefixes } from '../../../shared/names.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { RegistryAdmin } from '../../../shared/registry/admin.ts';
import { toRow } from '../../../shared/registry/row.ts';
import { stored, writtenCluster, writtenRoute } from '../documents.ts';

export interface RegistryHarness {
  registry: Ports['registry'];
  admin: RegistryAdmin;
  /** Writes a row past all validation. */
  write(
    kind: 'Cluster' | 'Route',
    columns: Record<string, unknown> & { partitionKey: string; rowKey: string },
  ): Promise<void>;
  stop(): Promise<void>;
}

const signal = new AbortController().signal;
const namesOf = (rows: readonly { metadata: { name: string } }[]): string[] =>
  rows.map(({ metadata }) => metadata.name).toSorted();

/** What every registry does, the one in memory and the one in tables. */
export function describeRegistry(title: string, start: () => Promise<RegistryHarness>): void {
  describe(`${title}`, () => {
    let harness: RegistryHarness;

    const put = async (written: unknown): Promise<void> =>
      harness.admin.put(stored(written), undefined, signal);
    const only = async (name: string) => {
      const { existing } = await harness.admin.list(signal);
      const found = existing.find((row) => row.name === name);
      if (found === undefined) throw new Error(`${name} is not there`);
      return found;
    };

    beforeEach(async () => {
      harness = await start();
    });
    afterEach(() => harness.stop());

    it('says which tables are missing, until they are made', async () => {
      expect(await harness.admin.list(signal)).toEqual({ existing: [], missing: ['Clusters', 'Routes'] });
      await expect(harness.registry.routes(signal)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });

      await harness.admin.createTables(signal);
      await harness.admin.createTables(signal);

      expect(await harness.admin.list(signal)).toEqual({ existing: [], missing: [] });
      expect(await harness.registry.routes(signal)).toEqual({ rows: [], bad: [] });
    });

    describe('with its tables', () => {
      beforeEach(() => harness.admin.createTables(signal));

      it('gives documents back, defaults filled in, and keeps them as they were written', async () => {
        await put(writtenCluster());
        await put(writtenRoute());

        const [clusters, routes] = [
          await harness.registry.clusters(signal),
          await harness.registry.routes(signal),
        ];

        expect(clusters).toEqual({ rows: [stored(writtenCluster()).document], bad: [] });
        expect(routes).toEqual({ rows: [stored(writtenRoute()).document], bad: [] });
        expect((await only('app-1')).row).toEqual(stored(writtenRoute()));
      });

      it('finds the routes of one vault by the prefixes a secret name may match', async () => {
        await put(writtenRoute('everything', { prefix: '', allSecrets: true }));
        await put(writtenRoute('app-1'));
        await put(writtenRoute('pg', { prefix: 'app-1--pg--' }));
        await put(writtenRoute('whole', { prefix: 'app-1--pg--password', layout: 'flat' }));
        await put(writtenRoute('app-10'));
        await put(writtenRoute('other-vault', { vault: 'other', prefix: 'app-1--' }));

        const prefixes = candidatePrefixes(['app-1', 'pg', 'password']);
        const { rows, bad } = await harness.registry.routesByPrefix('team', prefixes, signal);

        expect(namesOf(rows)).toEqual(['app-1', 'everything', 'pg', 'whole']);
        expect(bad).toEqual([]);
      });

      it('finds a route by any of the most segments a name can have', async () => {
        const segments = Array.from({ length: 43 }, (_, index) => String(index % 10));
        const prefixes = candidatePrefixes(segments);
        const [first, last] = [prefixes.at(1) ?? '', prefixes.at(-1) ?? ''];
        await put(writtenRoute('first', { prefix: first }));
        await put(writtenRoute('last', { prefix: last, layout: 'flat' }));

        const { rows } = await harness.registry.routesByPrefix('team', prefixes, signal);

        expect(namesOf(rows)).toEqual(['first', 'last']);
      });

      it('takes quotes in what it is asked for as text', async () => {
        await put(writtenRoute());

        const injected = ["' or prefix ne '", 'app-2--'];
        expect(await harness.registry.routesByPrefix("team' or '1' eq '1", injected, signal)).toEqual({
          rows: [],
          bad: [],
        });
        expect(await harness.registry.routesByPrefix('team', injected, signal)).toEqual({
          rows: [],
          bad: [],
        });
      });

      it('keeps a document that is longer than a column, whatever its characters', async () => {
        const data = Object.fromEntries(
          ['a', 'b', 'c'].map((key) => [
            key,
            { template: `${key}${'🔑é\ud800'.repeat(5_000)}`, secrets: { x: 'app-1--x' } },
          ]),
        );
        const written = writtenRoute('app-1', { layout: 'explicit', name: 'big', data });
        await put(written);

        const { rows, bad } = await harness.registry.routes(signal);

        expect(bad).toEqual([]);
        // Compared as one string: a difference would print all of it.
        expect(JSON.stringify(rows) === JSON.stringify([stored(written).document])).toBe(true);
      });

      it('leaves nothing of a longer document behind when it is replaced', async () => {
        const long = { 'example.com/a': 'x'.repeat(4096) };
        const many = Object.fromEntries(
          Array.from({ length: 12 }, (_, i) => [`example.com/${i}`, long['example.com/a']]),
        );
        await put(writtenRoute('app-1', { annotations: many }));

        await harness.admin.put(stored(writtenRoute()), await only('app-1'), signal);

        expect(await harness.registry.routes(signal)).toEqual({
          rows: [stored(writtenRoute()).document],
          bad: [],
        });
      });

      it('hands bad rows out by name and reason, next to the good ones', async () => {
        await put(writtenRoute());
        const good = toRow(stored(writtenRoute('app-2')));
        await harness.write('Route', {
          partitionKey: 'team',
          rowKey: 'no-json',
          prefix: 'a--',
          document: '{"secret',
        });
        await harness.write('Route', { ...good, rowKey: 'renamed' });
        await harness.write('Route', { ...good, partitionKey: 'other' });
        await harness.write('Route', { ...good, rowKey: 'app-2', prefix: 'app-9--' });
        await harness.write('Cluster', { ...toRow(stored(writtenCluster())), partitionKey: 'clusters' });
        await harness.write('Cluster', { partitionKey: 'cluster', rowKey: 'empty' });

        const [routes, clusters] = [
          await harness.registry.routes(signal),
          await harness.registry.clusters(signal),
        ];

        expect(namesOf(routes.rows)).toEqual(['app-1']);
        expect(new Map(routes.bad.map(({ name, message }) => [message, name]))).toEqual(
          new Map([
            ['document is not JSON', 'no-json'],
            ['metadata.name is not the row key', 'renamed'],
            ['spec.vault is not the partition key', 'app-2'],
            ['spec.prefix is not the column prefix', 'app-2'],
          ]),
        );
        expect(clusters.rows).toEqual([]);
        expect(clusters.bad.map(({ name }) => name).toSorted()).toEqual(['empty', 'weu-1']);
      });

      it('calls all but the first of several routes of one name bad', async () => {
        await put(writtenRoute('app-1', { vault: 'alpha' }));
        await harness.write('Route', { ...toRow(stored(writtenRoute('app-1', { vault: 'beta' }))) } as never);

        const { rows, bad } = await harness.registry.routes(signal);

        expect(rows.map(({ spec }) => spec.vault)).toEqual(['alpha']);
        expect(bad).toMatchObject([
          { kind: 'Route', name: 'app-1', message: expect.stringContaining('vault alpha') },
        ]);
      });

      it('refuses to create what exists, and to change or delete what somebody else changed', async () => {
        await put(writtenCluster());
        const seen = await only('weu-1');
        await expect(put(writtenCluster())).rejects.toMatchObject({ code: 'CONFLICT' });

        await harness.admin.put(stored(writtenCluster('weu-1', { paused: true })), seen, signal);

        const stale = [
          harness.admin.put(stored(writtenCluster('weu-1', { scope: 'cluster' })), seen, signal),
          harness.admin.remove(seen, signal),
        ];
        for (const result of await Promise.allSettled(stale))
          expect(result).toMatchObject({
            status: 'rejected',
            reason: { code: 'CONFLICT', message: expect.stringContaining('weu-1 was changed') },
          });
        expect((await harness.registry.clusters(signal)).rows).toMatchObject([{ spec: { paused: true } }]);
      });

      it('deletes a row it has just read; deleting what is gone already is no failure', async () => {
        await put(writtenRoute());
        const seen = await only('app-1');

        await harness.admin.remove(seen, signal);
        await harness.admin.remove(seen, signal);

        expect(await harness.registry.routes(signal)).toEqual({ rows: [], bad: [] });
        await expect(harness.admin.put(stored(writtenRoute()), seen, signal)).rejects.toMatchObject({
          code: 'CONFLICT',
          message: expect.stringContaining('was deleted'),
        });
      });

      it('gives up when its caller does', async () => {
        const given = AbortSignal.abort();

        await expect(harness.registry.clusters(given)).rejects.toMatchObject({
          code: 'REGISTRY_UNAVAILABLE',
        });
      });
    });
  });
}
