import { VaultcastError } from '../../../shared/errors.ts';
import type { Ports, Rows } from '../../../shared/ports.ts';
import type { RegistryAdmin } from '../../../shared/registry/admin.ts';
import type { BadRow, Cluster, Route } from '../../../shared/registry/document.ts';
import type { Existing } from '../../../shared/registry/plan.ts';
import { appliedOf, fromRow, isBad, partitionOf, toRow } from '../../../shared/registry/row.ts';
import type { Stored } from '../../../shared/registry/row.ts';

type Registry = Ports['registry'];

type Columns = Record<string, unknown> & { partitionKey: string; rowKey: string };

export interface FakeRegistry extends Registry, RegistryAdmin {
  /** Writes a row as it is, whatever is in it. */
  write(kind: BadRow['kind'], columns: Columns): void;
  /** Awaited before each call: throw here to make the registry fail, or wait to let others go first. */
  before: (call: keyof Registry | keyof RegistryAdmin) => Promise<void>;
  /** false: the tables do not exist. */
  exists: boolean;
}

interface Row {
  kind: BadRow['kind'];
  columns: Columns;
  etag: string;
}

const keyOf = (kind: BadRow['kind'], columns: Columns): string =>
  `${kind} ${columns.partitionKey} ${columns.rowKey}`;

const existingOf = ({ kind, columns, etag }: Row): Existing => ({
  kind,
  name: columns.rowKey,
  partition: columns.partitionKey,
  etag,
  row: fromRow(kind, columns),
  applied: appliedOf(columns),
});

function twinless(read: readonly (Stored | BadRow)[]): (Stored | BadRow)[] {
  const seen = new Map<string, string>();
  return read.map((row) => {
    if (isBad(row) || row.document.kind === 'Cluster') return row;
    const { name } = row.document.metadata;
    const earlier = seen.get(name);
    if (earlier === undefined) seen.set(name, row.document.spec.vault);
    return earlier === undefined ? row : { kind: 'Route', name, message: `stands in vault ${earlier}, too` };
  });
}

function rowsOf<T extends Cluster | Route>(rows: readonly Row[]): Rows<T> {
  const read = twinless(rows.map(({ kind, columns }) => fromRow(kind, columns)));
  return {
    rows: read.flatMap((row) => (isBad(row) ? [] : [row.document as T])),
    bad: read.filter(isBad),
  };
}

const conflict = (what: string): VaultcastError =>
  new VaultcastError('CONFLICT', `${what} by somebody else meanwhile; run the command again`);

/** The registry in memory, with etags; both sides of it over the same rows. */
export function fakeRegistry(...written: readonly Stored[]): FakeRegistry {
  const table = new Map<string, Row>();
  let version = 0;
  const write = (kind: BadRow['kind'], columns: Columns): void => {
    version += 1;
    table.set(keyOf(kind, columns), { kind, columns, etag: `v${version}` });
  };
  for (const one of written) write(one.document.kind, toRow(one) as Columns);

  const sorted = (kind: BadRow['kind']): Row[] =>
    [...table.keys()]
      .toSorted()
      .flatMap((key) => table.get(key) ?? [])
      .filter((row) => row.kind === kind);

  const begin = async (call: keyof Registry | keyof RegistryAdmin, signal: AbortSignal): Promise<void> => {
    await fake.before(call);
    if (signal.aborted) throw new VaultcastError('REGISTRY_UNAVAILABLE', 'given up');
    const needsTables = call !== 'list' && call !== 'createTables';
    if (!fake.exists && needsTables)
      throw new VaultcastError('REGISTRY_UNAVAILABLE', 'table Routes is not available: it answered 404');
  };

  const fake: FakeRegistry = {
    exists: true,
    before: async () => {},
    write,
    async routesByPrefix(vault, prefixes, signal) {
      await begin('routesByPrefix', signal);
      const asked = ({ columns }: Row): boolean =>
        columns.partitionKey === vault && prefixes.some((prefix) => prefix === columns['prefix']);
      return rowsOf(sorted('Route').filter(asked));
    },
    async routes(signal) {
      await begin('routes', signal);
      return rowsOf(sorted('Route'));
    },
    async clusters(signal) {
      await begin('clusters', signal);
      return rowsOf(sorted('Cluster'));
    },
    async list(signal) {
      await begin('list', signal);
      if (!fake.exists) return { existing: [], missing: ['Clusters', 'Routes'] };
      return { existing: [...sorted('Cluster'), ...sorted('Route')].map(existingOf), missing: [] };
    },
    async createTables(signal) {
      await begin('createTables', signal);
      fake.exists = true;
    },
    async put(wanted, existing, signal) {
      await begin('put', signal);
      const { kind, metadata } = wanted.document;
      const live = table.get(`${kind} ${partitionOf(wanted.document)} ${metadata.name}`);
      if (existing === undefined && live !== undefined)
        throw conflict(`${kind} ${metadata.name} was created`);
      if (existing !== undefined && live?.etag !== existing.etag)
        throw conflict(`${kind} ${metadata.name} was ${live === undefined ? 'deleted' : 'changed'}`);
      write(kind, toRow(wanted) as Columns);
    },
    async remove({ kind, name, partition, etag }, signal) {
      await begin('remove', signal);
      const key = `${kind} ${partition} ${name}`;
      const live = table.get(key);
      if (live !== undefined && live.etag !== etag) throw conflict(`${kind} ${name} was changed`);
      table.delete(key);
    },
  };
  return fake;
}
