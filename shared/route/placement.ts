import type { Route } from '../registry/document.ts';
import { DELIMITER, segmentsOf } from '../names.ts';
import { secretsOfEntry } from '../registry/render-schema.ts';

/** Where a secret lands inside a namespace. `key` is undefined when the route's `data` decides it. */
export interface Place {
  name: string;
  key: string | undefined;
  /** Whether the name or the route spells the key; otherwise it is the default one, `value`. */
  spelled: boolean;
}

/**
 * - `service`: the first segment after prefix and namespace segment is the Secret, the rest joined with `.` its key
 * - `flat`: one Secret per secret, under its whole name
 * - `explicit`: the route names the Secret and what goes into it
 *
 * A string says why there is no place; undefined: the route does not want this secret.
 */
export function placeOf(route: Route, name: string): Place | string | undefined {
  const { layout } = route.spec;
  switch (layout) {
    case 'service':
      return servicePlace(route, segmentsOf(name) ?? []);
    case 'flat':
      return {
        name,
        key: route.spec.key ?? keyCased(route, 'value'),
        spelled: route.spec.key !== undefined,
      };
    case 'explicit':
      return explicitSources(route).includes(name)
        ? { name: route.spec.name ?? '', key: undefined, spelled: false }
        : undefined;
  }
}

function servicePlace(route: Route, segments: readonly string[]): Place | string {
  const ofPrefix = route.spec.prefix === '' ? 0 : route.spec.prefix.split(DELIMITER).length - 1;
  const ofNamespace = 'fromSegment' in route.spec.namespaces ? route.spec.namespaces.fromSegment : 0;
  const [service, ...rest] = segments.slice(Math.max(ofPrefix, ofNamespace));
  if (service === undefined)
    return 'no segment is left to name the Secret after the prefix and the namespace';
  const spelled = rest.length > 0;
  return { name: service, key: keyCased(route, spelled ? rest.join('.') : 'value'), spelled };
}

/** A key in the route's `keyCase`; `lower` leaves it as it is written. */
export function keyCased(route: Route, key: string): string {
  return route.spec.keyCase === 'lower' ? key : key.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

/** The secrets an explicit route names, each once, in order. */
export function explicitSources(route: Route): string[] {
  return [...new Set(Object.values(route.spec.data ?? {}).flatMap(secretsOfEntry))];
}

/** The sources of a target when the route alone decides them; undefined when only a listing can tell. */
export function fixedSources(route: Route, targetName: string): string[] | undefined {
  const { layout } = route.spec;
  if (layout === 'explicit') return explicitSources(route);
  return layout === 'flat' ? [targetName] : undefined;
}
