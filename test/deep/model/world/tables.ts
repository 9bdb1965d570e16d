import { createHash } from 'node:crypto';
import type { Route } from '../../../../shared/registry/document.ts';
import { fingerprintOf } from '../../../../shared/status/fingerprint.ts';
import type { SourceFacts } from '../../../../shared/source/source.ts';
import { stateOf } from '../../../../shared/source/state.ts';
import { NO_CLUSTER, refOf, type TargetStatus } from '../../../../shared/status/target.ts';
import { recordedSources } from '../../../../shared/target/ownership.ts';
import type { TableChange } from '../program/steps.ts';
import { at } from './fleet.ts';
import { accepts, keyOf } from './history.ts';
import type { Model } from './model.ts';
import { VAULT } from './vault.ts';

const { signal } = new AbortController();

const WORDS: Readonly<Record<TableChange, string>> = {
  'lose targets': 'loses its rows',
  'lose endpoints': 'forgets which clusters are in back-off',
  age: 'holds rows of an older release',
};

/** What becomes of the tables about a cluster. */
export async function changeTables(model: Model, cluster: number, how: TableChange): Promise<void> {
  const { status, fleet } = model.universe;
  const name = at(fleet.clusters, cluster);
  model.tell({ who: `the table of ${name}`, what: WORDS[how], about: [name] });
  if (how === 'lose endpoints') return status.saveBackOff(name, undefined, signal);
  const rows = await status.targets(name, signal);
  if (how === 'age') {
    for (const row of rows) await age(model, row);
    return undefined;
  }
  model.universe.lostRows.add(name);
  await status.forgetTargets(rows, signal);
  return status.forgetTargets(await status.targets(NO_CLUSTER, signal), signal);
}

/** The columns that the older release did not know are missing, and its fingerprint is of another format. */
async function age(model: Model, row: TargetStatus): Promise<void> {
  const { status } = model.universe;
  const stored = await status.row('Targets', row.cluster, row.id);
  if (stored === undefined) return;
  const {
    lookedAt: _looked,
    failingSince: _failing,
    nextRetry: _next,
    stale: _stale,
    announced: _announced,
    maker: _maker,
    confirmed: _confirmed,
    expires: _expires,
    deliveries: _deliveries,
    ...known
  } = stored;
  const fingerprint = row.fingerprint === '' ? '' : await oldFingerprint(model, row);
  await status.put('Targets', { ...known, fingerprint, partitionKey: row.cluster, rowKey: row.id });
}

/** What the older release would have written for the same; where that cannot be told, of a format that is older still. */
async function oldFingerprint(model: Model, row: TargetStatus): Promise<string> {
  const { registry } = model.universe;
  const { rows } = await registry.routes(signal);
  const route = rows.find(({ metadata }) => metadata.name === row.route);
  const facts = route === undefined ? [] : await factsOf(model, row, route);
  if (route === undefined || fingerprintOf(route, facts) !== row.fingerprint) return digest('older still');
  const parts = facts
    .map(({ name, state, properties }) => [name, state, properties?.updated ?? 0, []])
    .sort(([left], [right]) => (String(left) < String(right) ? -1 : 1));
  return digest(JSON.stringify([digest(JSON.stringify(canonical(route))), parts]));
}

async function factsOf(model: Model, row: TargetStatus, route: Route): Promise<SourceFacts[]> {
  const { universe } = model;
  const { cluster, namespace, name } = refOf(row);
  const listing = await universe.vault.port.list(VAULT, signal);
  const live = universe.kubernetes.people(cluster).secret(namespace, name);
  const recorded = recordedSources(live, VAULT);
  const own = model.routes.get(route.metadata.name);
  const names = universe.fleet.secrets.filter(
    (one) =>
      keyOf(own, one, namespace, name) !== undefined && (listing.secrets.has(one) || recorded.has(one)),
  );
  return names.map((source): SourceFacts => {
    if (!accepts(universe.history.now, cluster, namespace, source))
      return { name: source, state: 'refused', properties: undefined };
    const properties = listing.secrets.get(source);
    if (properties === undefined) return { name: source, state: 'deleted', properties };
    const state = stateOf(properties, listing.readAt);
    return { name: source, state, properties: state === 'disabled' ? undefined : properties };
  });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** JSON of which the order of fields says nothing. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, inner]) => [key, canonical(inner)]);
}
