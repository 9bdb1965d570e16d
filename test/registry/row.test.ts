import { describe, expect, it } from 'vitest';
import { fromRow, isBad, toRow } from '../../shared/registry/row.ts';
import { stored, writtenCluster, writtenRoute } from '../support/documents.ts';

const route = stored(writtenRoute());
const row = toRow(route);

describe('a row of the registry', () => {
  it('carries the prefix of a route, which queries filter on, and none of a cluster', () => {
    expect(row).toMatchObject({ partitionKey: 'team', rowKey: 'app-1', prefix: 'app-1--' });
    expect(toRow(stored(writtenCluster()))).not.toHaveProperty('prefix');
  });

  it('spreads a long document over columns that a table takes, and gives it back', () => {
    const note = 'ü'.repeat(12_000);
    const long = stored(
      writtenRoute('app-1', {
        layout: 'explicit',
        name: 'pg',
        data: { text: { template: note, secrets: {} } },
      }),
    );
    const { document, document1, document2, ...rest } = toRow(long);
    expect([document?.length, document1?.length]).toEqual([30_000, 30_000]);
    expect(document2?.length).toBeLessThan(30_000);
    expect(Object.keys(rest)).toEqual(['prefix', 'partitionKey', 'rowKey']);
    expect(fromRow('Route', toRow(long))).toEqual(long);
  });

  it('whose text was read before gives the same document, which nobody can change', () => {
    const [first, again] = [fromRow('Route', row), fromRow('Route', { ...row })];
    if (isBad(first) || isBad(again)) throw new Error('it was read');
    expect(again.document).toBe(first.document);
    expect(() => Object.assign(first.document.metadata, { name: 'app-2' })).toThrow(TypeError);
    expect(() => Object.assign(first.written as object, { kind: 'Cluster' })).toThrow(TypeError);
  });

  it('whose text was read before is still judged by its own keys', () => {
    fromRow('Route', row);
    expect(fromRow('Route', { ...row, rowKey: 'app-2' })).toMatchObject({
      message: 'metadata.name is not the row key',
    });
  });

  it.each([
    ['holds no JSON', { document: '{"kind":' }, 'document is not JSON'],
    ['holds nothing', { document: undefined }, 'document is not JSON'],
    [
      'is of another kind',
      toRow(stored(writtenCluster('app-1'))),
      'is a Cluster, in the table of Route rows',
    ],
    ['is of another name', { rowKey: 'app-2' }, 'metadata.name is not the row key'],
    [
      'stands in the partition of another vault',
      { partitionKey: 'other' },
      'spec.vault is not the partition key',
    ],
    ['has another prefix beside it', { prefix: 'app-2--' }, 'spec.prefix is not the column prefix'],
  ])('that %s is bad, and named by its key', (_why, columns, message) => {
    const changed = { ...row, ...columns };
    expect(fromRow('Route', changed)).toEqual({ kind: 'Route', name: changed.rowKey, message });
  });

  it('of a cluster that stands in another partition is bad', () => {
    const moved = { ...toRow(stored(writtenCluster())), partitionKey: 'team' };
    expect(fromRow('Cluster', moved)).toMatchObject({ message: 'cluster is not the partition key' });
  });

  it('without a key is bad and has no name', () => {
    expect(fromRow('Route', { ...row, rowKey: 7 })).toMatchObject({ kind: 'Route', name: '' });
  });

  it('that breaks many rules names three of them', () => {
    const broken = JSON.stringify({ ...writtenRoute(), spec: { a: 1, b: 2, c: 3, d: 4, layout: 'x' } });
    const found = fromRow('Route', { ...row, document: broken });
    expect('message' in found && found.message.split('; ').length).toBeGreaterThanOrEqual(3);
    expect('message' in found && found.message.length).toBeLessThan(600);
  });
});
