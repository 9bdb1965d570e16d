import type { z } from 'zod';
import { printable } from './describe.ts';
import { jsonForm, secretsOfEntry } from './data-entry.ts';
import type { routeSpec } from './route-fields.ts';
import { rulesBetween } from './rules.ts';

type RouteSpec = z.output<typeof routeSpec>;

/** Whether a prefix is one whole secret name rather than the beginning of many. */
export const isWholeName = (prefix: string): boolean => prefix !== '' && !prefix.endsWith('--');
/** Whether the value, or the route's `select`, names the keys. */
const isExpanded = ({ json }: RouteSpec): boolean => jsonForm(json).kind === 'keys';
const isExplicit = (route: RouteSpec): boolean => route.layout === 'explicit';

/** Of a secret name. The rules are asked even when a name is none. */
const LONGEST = 127;

const brokenBetween = rulesBetween<RouteSpec>([
  {
    path: ['prefix'],
    message: '"" and allSecrets: true only go together',
    broken: (route) => (route.prefix === '') !== route.allSecrets,
  },
  {
    path: ['layout'],
    message: 'service needs a prefix that ends in "--": with one whole secret name use flat or explicit',
    broken: (route) => route.layout === 'service' && isWholeName(route.prefix),
    hint: ({ prefix }) => `; did you mean prefix: ${printable(prefix, LONGEST)}--?`,
  },
  {
    path: ['name'],
    message: 'only applies to layout explicit',
    broken: (route) => !isExplicit(route) && route.name !== undefined,
  },
  {
    path: ['data'],
    message: 'only applies to layout explicit',
    broken: (route) => !isExplicit(route) && route.data !== undefined,
  },
  {
    path: ['name'],
    message: 'is needed with layout explicit',
    broken: (route) => isExplicit(route) && route.name === undefined,
  },
  {
    path: ['data'],
    message: 'is needed with layout explicit',
    broken: (route) => isExplicit(route) && route.data === undefined,
  },
  {
    path: ['key'],
    message: 'only applies to layout flat',
    broken: (route) => route.layout !== 'flat' && route.key !== undefined,
  },
  {
    path: ['match', 'names'],
    message: 'only applies to layouts service and flat: data names the secrets',
    broken: (route) => isExplicit(route) && route.match?.names !== undefined,
  },
  {
    path: ['exclude'],
    message: 'only applies to layouts service and flat: data names the secrets',
    broken: (route) => isExplicit(route) && route.exclude !== undefined,
  },
  {
    path: ['json'],
    message: 'only applies to layouts service and flat: entries of data have property and pointer',
    broken: (route) => isExplicit(route) && route.json !== undefined,
  },
  {
    path: ['certificate'],
    message: 'only applies to layouts service and flat: entries of data have certificate and part',
    broken: (route) => isExplicit(route) && route.certificate !== undefined,
  },
  {
    path: ['certificate'],
    message: 'and json exclude each other',
    broken: (route) => route.certificate !== undefined && route.json !== undefined,
  },
  {
    path: ['key'],
    message: 'and json: expand or certificate: expand exclude each other: the value names its keys',
    broken: (route) => route.key !== undefined && (isExpanded(route) || route.certificate !== undefined),
  },
]);

/** The sources of a target share its route's prefix: a key must not reach for a secret outside of it. */
function strangers(route: RouteSpec) {
  const inside = (secret: string): boolean =>
    isWholeName(route.prefix) ? secret === route.prefix : secret.startsWith(route.prefix);
  return Object.entries(route.data ?? {}).flatMap(([key, entry]) =>
    secretsOfEntry(entry)
      .filter((secret) => !inside(secret))
      .map((secret) => ({ path: ['data', key], message: outside(secret, route.prefix) })),
  );
}

/** Many leave the end of a prefix out. */
function outside(secret: string, prefix: string): string {
  const shown = printable(prefix, LONGEST);
  const hint = secret.startsWith(`${prefix}--`) ? `; did you mean prefix: ${shown}--?` : '';
  return `secret ${printable(secret, LONGEST)} is outside the route's prefix ${shown}${hint}`;
}

/** What no single field can say: rules between the fields of a route, but for fields that are themselves wrong. */
export function breachesOf(route: RouteSpec, unsound?: ReadonlySet<string>) {
  const isKnown = unsound?.has('prefix') !== true;
  return [...brokenBetween(route, unsound), ...(isKnown ? strangers(route) : [])];
}
