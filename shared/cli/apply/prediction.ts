import type { TargetRef } from '../../names.ts';
import { targetId } from '../../names.ts';
import type { SecretMetadata } from '../../target/secret.ts';
import { ROUTE_ANNOTATION, SOURCES_ANNOTATION } from '../../target/ownership.ts';
import type { Listing } from '../../source/source.ts';
import { wantedTargets } from '../../reconcile/wanted.ts';
import type { Wanted } from '../../reconcile/wanted.ts';
import type { Cluster, RegistryDocument } from '../../registry/document.ts';
import { clustersIn, routesIn } from '../../registry/reach.ts';
import { rowId, type TargetStatus } from '../../status/target.ts';

/** Targets that a change of the registry makes appear, change or go, were every namespace to accept what is routed there. */
export interface Prediction {
  appear: Wanted[];
  change: { before: Wanted; after: Wanted }[];
  go: { target: TargetRef; fate: Cluster['spec']['orphans'] }[];
  /** Of targets that two routes claim only after the change. */
  collisions: Wanted[];
}

export interface Known {
  before: readonly RegistryDocument[];
  after: readonly RegistryDocument[];
  /** By vault; nothing is predicted of vaults that are missing. */
  listings: ReadonlyMap<string, Listing>;
  /** What runs recorded, by cluster. */
  rows: ReadonlyMap<string, readonly TargetStatus[]>;
}

/** As far as runs recorded it: which route made a Secret, from what. */
function liveOf(row: TargetStatus): [string, SecretMetadata][] {
  if (row.uid === '') return [];
  const [namespace = '', name = ''] = row.id.split(':');
  const { uid, resourceVersion } = row;
  const annotations = { [ROUTE_ANNOTATION]: row.route, [SOURCES_ANNOTATION]: row.sources };
  return [[row.id, { namespace, name, uid, resourceVersion, labels: {}, annotations }]];
}

/** Consent stands in the cluster, where a person at a desk need not be able to look: here everything is accepted. */
function wantedIn(cluster: Cluster, documents: readonly RegistryDocument[], known: Known) {
  const accepting = { ...cluster, spec: { ...cluster.spec, requireConsent: false } };
  const rows = known.rows.get(cluster.metadata.name) ?? [];
  return wantedTargets({
    cluster: accepting,
    routes: routesIn(documents),
    listings: known.listings,
    namespaces: new Map(),
    live: new Map(rows.flatMap(liveOf)),
    bad: [],
  });
}

/** What decides the content of a target, besides the values. */
function signature({ target: { route }, sources }: Wanted): string {
  const { clusters: _, namespaces: __, prefix: ___, match: ____, exclude: _____, ...spec } = route.spec;
  return JSON.stringify([route.metadata.name, sources, spec]);
}

const clusterNamed = (documents: readonly RegistryDocument[], name: string): Cluster | undefined =>
  clustersIn(documents).find(({ metadata }) => metadata.name === name);

function predictCluster(name: string, known: Known): Prediction {
  const [was, is] = [clusterNamed(known.before, name), clusterNamed(known.after, name)];
  const before = was === undefined ? new Map<string, Wanted>() : wantedIn(was, known.before, known);
  const after = is === undefined ? new Map<string, Wanted>() : wantedIn(is, known.after, known);
  const gone = [...before.values()].filter(({ target }) => !after.has(rowId(target.ref)));
  return {
    appear: [...after].flatMap(([id, wanted]) => (before.has(id) ? [] : [wanted])),
    change: [...after].flatMap(([id, wanted]) => {
      const old = before.get(id);
      return old === undefined || signature(old) === signature(wanted)
        ? []
        : [{ before: old, after: wanted }];
    }),
    go: gone
      .filter(({ target }) => mayExist(target.ref, known))
      .map(({ target }) => ({ target: target.ref, fate: is?.spec.orphans ?? 'keep' })),
    collisions: [...after].flatMap(([id, wanted]) =>
      wanted.rivals.length > 0 && before.get(id)?.rivals.join() !== wanted.rivals.join() ? [wanted] : [],
    ),
  };
}

function mayExist(target: TargetRef, { rows }: Known): boolean {
  const known = rows.get(target.cluster);
  return known === undefined || known.some((row) => row.id === rowId(target) && row.uid !== '');
}

export function predictTargets(known: Known): Prediction {
  const documents = [...known.before, ...known.after];
  const names = [...new Set(clustersIn(documents).map(({ metadata }) => metadata.name))].sort();
  const all = names.map((name) => predictCluster(name, known));
  return {
    appear: all.flatMap(({ appear }) => appear),
    change: all.flatMap(({ change }) => change),
    go: all.flatMap(({ go }) => go),
    collisions: all.flatMap(({ collisions }) => collisions),
  };
}

const routeName = ({ target }: Wanted): string => target.route.metadata.name;

/** One sentence per target, in the order a person wants to read them. */
export function predictionLines({ appear, change, go, collisions }: Prediction): string[] {
  const from = ({ sources }: Wanted): string => sources.join(', ');
  const held = ({ target }: Wanted): string =>
    target.route.spec.paused || target.cluster.spec.paused ? ' (paused: not now)' : '';
  return [
    ...collisions.map(
      (one) =>
        `! ${targetId(one.target.ref)} is claimed by ${routeName(one)} and ${one.rivals.join(', ')}: ${routeName(one)} gets it`,
    ),
    ...go.map(
      ({ target, fate }) =>
        `- ${targetId(target)} goes: ${fate === 'keep' ? 'kept, no longer updated' : 'removed when two runs an hour apart agree'}`,
    ),
    ...change.map(({ before, after }) => {
      const owner =
        routeName(before) === routeName(after)
          ? ''
          : `, by ${routeName(after)} instead of ${routeName(before)}`;
      return `~ ${targetId(after.target.ref)} changes (${from(after)})${owner}${held(after)}`;
    }),
    ...appear.map((one) => `+ ${targetId(one.target.ref)} appears (${from(one)})${held(one)}`),
  ];
}
