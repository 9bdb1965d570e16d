import type { Cluster, RegistryDocument, Route } from './document.ts';
import { clustersIn, routesIn, selects } from './reach.ts';
import { isWholeName } from './route-rules.ts';
import { listText } from './strands.ts';

/** The one Secret a route makes wherever it goes, when the registry alone tells its name. */
function onlySecret({ spec }: Route): string | undefined {
  if (spec.layout === 'explicit') return spec.name;
  return spec.layout === 'flat' && isWholeName(spec.prefix) ? spec.prefix : undefined;
}

const selectsAll = ({ spec }: Route): boolean => spec.match === undefined && spec.exclude === undefined;

/** `flat` names a Secret after the whole secret; `service` only after what follows the prefix. */
function overlap(a: Route, b: Route): string | undefined {
  const [outer, inner] = [a.spec.prefix, b.spec.prefix].toSorted((one, other) => one.length - other.length);
  const shared = a.spec.layout === 'flat' ? inner?.startsWith(outer ?? '') : inner === outer;
  return shared === true ? inner : undefined;
}

/** Which Secrets two routes both make, in words; undefined when only a listing of the vault could tell. */
function sharedSecrets(a: Route, b: Route): string | undefined {
  if (!selectsAll(a) || !selectsAll(b)) return undefined;
  const name = onlySecret(a);
  if (name !== undefined && name === onlySecret(b)) return `Secret ${name}`;
  const alike = a.spec.vault === b.spec.vault && a.spec.layout === b.spec.layout;
  const prefix = alike && a.spec.layout !== 'explicit' ? overlap(a, b) : undefined;
  if (prefix === undefined) return undefined;
  return prefix === '' ? 'the Secrets of every secret' : `the Secrets of ${prefix}`;
}

function sharedNamespaces(a: Route, b: Route): string | undefined {
  const [one, other] = [a.spec.namespaces, b.spec.namespaces];
  if (Array.isArray(one) && Array.isArray(other)) {
    const both = one.filter((name) => other.includes(name));
    return both.length === 0 ? undefined : listText(both);
  }
  if (Array.isArray(one) || Array.isArray(other)) return undefined;
  return one.fromSegment === other.fromSegment && onlySecret(a) === undefined
    ? `the namespaces of segment ${one.fromSegment}`
    : undefined;
}

function collision(a: Route, b: Route, clusters: readonly Cluster[]): string[] {
  const secrets = sharedSecrets(a, b);
  if (secrets === undefined) return [];
  const namespaces = sharedNamespaces(a, b);
  const both = clusters.filter((cluster) => selects(a, cluster) && selects(b, cluster));
  if (namespaces === undefined || both.length === 0) return [];
  const [first, second] = [a.metadata.name, b.metadata.name].toSorted();
  const where = `${namespaces} of ${listText(both.map((cluster) => cluster.metadata.name))}`;
  return [
    `Routes ${first} and ${second} both claim ${secrets} in ${where}: ` +
      `where namespaces accept both, the route recorded on the live Secret keeps it, and nobody makes a new one`,
  ];
}

/** Collisions that are certain from the registry alone, one sentence each. */
export function collisionsIn(documents: readonly RegistryDocument[]): string[] {
  const clusters = clustersIn(documents);
  const routes = routesIn(documents);
  return routes.flatMap((a, index) => routes.slice(index + 1).flatMap((b) => collision(a, b, clusters)));
}
