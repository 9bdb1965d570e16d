/** A Secret that some route asks for, in every cluster. */
export interface Place {
  namespace: string;
  name: string;
}

/** The names of a world: how large it is. */
export interface Fleet {
  clusters: readonly string[];
  namespaces: readonly string[];
  secrets: readonly string[];
  routes: readonly string[];
  places: readonly Place[];
}

const ROUTES = ['app-1', 'app-2', 'a-rival'] as const;
const NAMESPACES = ['app-1', 'app-2'] as const;
const services = (app: string): string[] => ['s1', 's2', 's3', 's4'].map((name) => `${app}--${name}--key`);

/**
 * - `two`: two clusters, of which one is listed as a whole; one Secret has two sources, so that siblings matter
 * - `wide`: one cluster with more Secrets than may be removed at once
 */
export const FLEETS = {
  two: {
    clusters: ['weu-1', 'weu-2'],
    namespaces: NAMESPACES,
    secrets: ['app-1--pg--password', 'app-1--pg--user', 'app-1--mq--key', 'app-2--pg--password'],
    routes: ROUTES,
    places: [
      { namespace: 'app-1', name: 'pg' },
      { namespace: 'app-1', name: 'mq' },
      { namespace: 'app-2', name: 'pg' },
    ],
  },
  wide: {
    clusters: ['weu-1'],
    namespaces: NAMESPACES,
    secrets: [...services('app-1'), ...services('app-2')],
    routes: ROUTES,
    places: NAMESPACES.flatMap((namespace) => ['s1', 's2', 's3', 's4'].map((name) => ({ namespace, name }))),
  },
} as const satisfies Record<string, Fleet>;

export type FleetName = keyof typeof FLEETS;

/** Steps refer to things by number, so that one that is left out makes no other meaningless. */
export function at<T>(things: readonly T[], index: number): T {
  const found = things[index % things.length];
  if (found === undefined) throw new Error('there is nothing to choose from');
  return found;
}
