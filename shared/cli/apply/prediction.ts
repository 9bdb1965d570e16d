import { targetId } from '../../names.ts';
import type { TargetRef } from '../../names.ts';
import { wantedTargets } from '../../reconcile/wanted.ts';
import type { Wanted } from '../../reconcile/wanted.ts';
import type { Cluster, RegistryDocument } from '../../registry/document.ts';
import { clustersIn, routesIn } from '../../registry/reach.ts';
import type { Listing } from '../../source/source.ts';
import { refOf, rowId } from '../../status/target.ts';
import type { TargetStatus } from '../../status/target.ts';
import { ROUTE_ANNOTATION, SOURCES_ANNOTATION } from '../../target/ownership.ts';
import type { SecretMetadata } from '../../target/secret.ts';

interface Known {
  before: readonly RegistryDocument[];
  after: readonly RegistryDocument[];
  /** By vault; nothing is predicted of vaults that are missing. */
  listings: ReadonlyMap<string, Listing>;
  /** What runs recorded, by cluster. */
  rows: ReadonlyMap<string, readonly TargetStatus[]>;
}

/** Targets that a change of the registry makes appear, change or go, were every namespace to accept what is routed there. */
interface Prediction {
  appear: Wanted[];
  change: { before: Wanted; after: Wanted }[];
  go: { target: TargetRef; fate: Cluster['spec']['orphans'] }[];
  /** Of targets that two routes claim only after the change. */
  collisions: Wanted[];
}

/** One sentence per target, in the order a person wants to read them; collisions by themselves. */
export function predictionLines(known: Known): { lines: string[]; collisions: string[] } {
  const documents = [...known.before, ...known.after];
  const names = [...new Set(clustersIn(documents).map(({ metadata }) => metadata.name))].sort();
  const all = names.map((name) => predictionOf(name, known));
  const lines = [
    ...all.flatMap(({ go }) => go.map(goneText)),
    ...all.flatMap(({ change }) => change.map(changeText)),
    ...all.flatMap(({ appear }) =>
      appear.map((one) => `+ ${targetId(one.target.ref)} appears ${sourcesText(one)}`),
    ),
  ];
  return { lines, collisions: all.flatMap(({ collisions }) => collisions.map(collisionText)) };
}

function predictionOf(cluster: string, known: Known): Prediction {
  const after = wantedIn(cluster, known.after, known);
  const before = wantedIn(cluster, known.before, known);
  const fate = clusterNamed(known.after, cluster)?.spec.orphans ?? 'keep';
  const both = [...after].flatMap(([id, now]) => {
    const was = before.get(id);
    return was === undefined ? [] : [{ before: was, after: now }];
  });
  return {
    appear: [...after].flatMap(([id, now]) => (before.has(id) || now.contested !== undefined ? [] : [now])),
    change: both.filter(
      (one) => one.after.contested === undefined && signature(one.before) !== signature(one.after),
    ),
    go: [...before.values()]
      .map(({ target }) => target.ref)
      .filter((target) => !after.has(rowId(target)) && mayExist(target, known))
      .map((target) => ({ target, fate })),
    collisions: [...after].flatMap(([id, now]) =>
      now.rivals.length > 0 && before.get(id)?.rivals.join() !== now.rivals.join() ? [now] : [],
    ),
  };
}

/** Consent stands in the cluster, where a person at a desk need not be able to look: here everything is accepted. */
function wantedIn(name: string, documents: readonly RegistryDocument[], known: Known): Map<string, Wanted> {
  const cluster = clusterNamed(documents, name);
  if (cluster === undefined) return new Map();
  const rows = known.rows.get(name) ?? [];
  return wantedTargets({
    cluster: { ...cluster, spec: { ...cluster.spec, requireConsent: false } },
    routes: routesIn(documents),
    listings: known.listings,
    namespaces: new Map(),
    live: new Map(rows.flatMap(liveOf)),
    rows: new Map(rows.map((row) => [row.id, row])),
    bad: [],
  });
}

function clusterNamed(documents: readonly RegistryDocument[], name: string): Cluster | undefined {
  return clustersIn(documents).find(({ metadata }) => metadata.name === name);
}

/** As far as runs recorded it: which route made a Secret, from what. */
function liveOf(row: TargetStatus): [string, SecretMetadata][] {
  if (row.uid === '') return [];
  const { namespace, name } = refOf(row);
  const { uid, resourceVersion } = row;
  const annotations = { [ROUTE_ANNOTATION]: row.route, [SOURCES_ANNOTATION]: row.sources };
  return [[row.id, { namespace, name, uid, resourceVersion, labels: {}, annotations }]];
}

/** What decides the content of a target, besides the values. */
function signature({ target: { route }, sources }: Wanted): string {
  const { clusters: _, namespaces: __, prefix: ___, match: ____, exclude: _____, ...spec } = route.spec;
  return JSON.stringify([route.metadata.name, sources, spec]);
}

function mayExist(target: TargetRef, { rows }: Known): boolean {
  const known = rows.get(target.cluster);
  return known === undefined || known.some((row) => row.id === rowId(target) && row.uid !== '');
}

function collisionText(wanted: Wanted): string {
  const [owner, rivals] = [routeName(wanted), wanted.rivals.join(', ')];
  const result =
    wanted.contested === undefined ? `${owner} keeps it` : 'nobody writes it until only one does';
  return `${targetId(wanted.target.ref)} is claimed by ${owner} and ${rivals}: ${result}`;
}

function goneText({ target, fate }: Prediction['go'][number]): string {
  const what =
    fate === 'keep'
      ? 'kept, no longer updated'
      : 'removed when runs an hour apart agree, or, if it is one of many, when a person confirms';
  return `- ${targetId(target)} goes: ${what}`;
}

function changeText({ before, after }: Prediction['change'][number]): string {
  const [was, is] = [routeName(before), routeName(after)];
  const owner = was === is ? '' : `, by ${is} instead of ${was}`;
  return `~ ${targetId(after.target.ref)} changes ${sourcesText(after, owner)}`;
}

function sourcesText({ target: { route, cluster }, sources }: Wanted, more = ''): string {
  const held = route.spec.paused || cluster.spec.paused ? ' (paused: not now)' : '';
  return `(${sources.join(', ')})${more}${held}`;
}

function routeName({ target }: Wanted): string {
  return target.route.metadata.name;
}
