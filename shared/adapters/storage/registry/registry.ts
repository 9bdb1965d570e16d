import { odata } from '@azure/data-tables';
import type { Ports, Rows } from '../../../ports.ts';
import type { BadRow, Cluster, Route } from '../../../registry/document.ts';
import { fromRow, isBad, type Stored } from '../../../registry/row.ts';
import type { StorageOptions } from '../connection.ts';
import { openTables, queryRows } from './tables.ts';

/** The service takes at most 15 comparisons in a filter; one is the partition's. */
const PREFIXES_PER_QUERY = 14;

function prefixFilters(vault: string, prefixes: readonly string[]): string[] {
  const unique = [...new Set(prefixes)];
  const filters: string[] = [];
  for (let start = 0; start < unique.length; start += PREFIXES_PER_QUERY) {
    const comparisons = unique.slice(start, start + PREFIXES_PER_QUERY).map((p) => odata`prefix eq ${p}`);
    filters.push(`${odata`PartitionKey eq ${vault}`} and (${comparisons.join(' or ')})`);
  }
  return filters;
}

/** Where a route name stands in several vaults, all but the first are bad: names are unique across vaults. */
function withoutTwins(read: readonly (Stored | BadRow)[]): (Stored | BadRow)[] {
  const vaults = new Map<string, string>();
  return read.map((row) => {
    if (isBad(row) || row.document.kind !== 'Route') return row;
    const { name } = row.document.metadata;
    const earlier = vaults.get(name);
    vaults.set(name, earlier ?? row.document.spec.vault);
    const message = `a route of this name stands in vault ${earlier}, too; names must be unique`;
    return earlier === undefined ? row : { kind: 'Route', name, message };
  });
}

function rowsOf<T extends Cluster | Route>(
  kind: T['kind'],
  rows: Awaited<ReturnType<typeof queryRows>>,
  isKind: (document: Cluster | Route) => document is T,
): Rows<T> {
  const read = withoutTwins(rows.map(({ columns }) => fromRow(kind, columns)));
  const documents = read.flatMap((row) => (isBad(row) ? [] : [row.document]));
  return { rows: documents.filter(isKind), bad: read.filter(isBad) };
}

const isRoute = (document: Cluster | Route): document is Route => document.kind === 'Route';
const isCluster = (document: Cluster | Route): document is Cluster => document.kind === 'Cluster';

/** The registry as the functions read it. Every row is validated, whoever wrote it; bad ones are handed out as such. */
export function createRegistry(options: StorageOptions): Ports['registry'] {
  const tables = openTables(options);
  return {
    async routesByPrefix(vault, prefixes, signal) {
      const queries = prefixFilters(vault, prefixes).map((filter) => queryRows(tables.Route, filter, signal));
      return rowsOf('Route', (await Promise.all(queries)).flat(), isRoute);
    },
    async routes(signal) {
      return rowsOf('Route', await queryRows(tables.Route, undefined, signal), isRoute);
    },
    async clusters(signal) {
      return rowsOf('Cluster', await queryRows(tables.Cluster, undefined, signal), isCluster);
    },
  };
}
