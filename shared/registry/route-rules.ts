import type { RouteSpec } from './route-fields.ts';

/** A rule between fields that is broken: where (below `spec`), and what would be right. */
interface Breach {
  path: string[];
  message: string;
}

interface Rule extends Breach {
  broken: (route: RouteSpec) => boolean;
}

/** Whether a prefix is one whole secret name rather than the beginning of many. */
export const isWholeName = (prefix: string): boolean => prefix !== '' && !prefix.endsWith('--');
const isExplicit = (route: RouteSpec): boolean => route.layout === 'explicit';

const RULES: readonly Rule[] = [
  {
    path: ['prefix'],
    message: '"" and allSecrets: true only go together',
    broken: (route) => (route.prefix === '') !== route.allSecrets,
  },
  {
    path: ['layout'],
    message: 'service needs a prefix that ends in "--": with one whole secret name use flat or explicit',
    broken: (route) => route.layout === 'service' && isWholeName(route.prefix),
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
];

type DataEntry = NonNullable<RouteSpec['data']>[string];

const secretsOf = (entry: DataEntry): string[] =>
  'secret' in entry ? [entry.secret] : Object.values(entry.secrets);

/** The sources of a target share its route's prefix: a key must not reach for a secret outside of it. */
function strangers(route: RouteSpec): Breach[] {
  const inside = (secret: string): boolean =>
    isWholeName(route.prefix) ? secret === route.prefix : secret.startsWith(route.prefix);
  return Object.entries(route.data ?? {}).flatMap(([key, entry]) =>
    secretsOf(entry)
      .filter((secret) => !inside(secret))
      .map((secret) => ({
        path: ['data', key],
        message: `secret ${secret} is outside the route's prefix ${route.prefix}`,
      })),
  );
}

/** What no single field can say: rules between the fields of a route. */
export function breachesOf(route: RouteSpec): Breach[] {
  return [...RULES.filter((rule) => rule.broken(route)), ...strangers(route)];
}
