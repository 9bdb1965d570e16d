import { DELIMITER, segmentsOf } from '../names.ts';
import type { Route } from '../registry/document.ts';
import { namespaceName } from '../registry/fields.ts';
import { secretsOfEntry } from '../registry/data-entry.ts';
import { hasTags, isSelected } from './selection.ts';

/** Where a route puts a secret, or why it does not. */
export type Placement =
  | {
      kind: 'placed';
      namespaces: readonly string[];
      /** Name of the Kubernetes Secret. */
      name: string;
      /** Undefined when the route's `data` decides it. */
      key: string | undefined;
      /** Whether the name or the route spells the key; otherwise it is the default one, `value`. */
      spelled: boolean;
    }
  /** The route does not ask for this secret. */
  | { kind: 'unwanted'; reason: string }
  /** It asks for it, and no place can be made. */
  | { kind: 'refused'; code: 'BAD_NAME' | 'RENDER_REFUSED'; message: string };

type Placed = Extract<Placement, { kind: 'placed' }>;
type Refused = Extract<Placement, { kind: 'refused' }>;

/** Where the route puts a secret that it covers; `tags` are undefined while nobody could ask the vault. */
export function placementOf(route: Route, name: string, tags?: Readonly<Record<string, string>>): Placement {
  if (!isSelected(route, name)) return unwanted('its match or exclude leaves the name out');
  if (tags !== undefined && !hasTags(route, tags)) return unwanted("its match.tags are not the secret's");
  return layoutPlacement(route, name);
}

function unwanted(reason: string): Placement {
  return { kind: 'unwanted', reason };
}

/**
 * By layout and namespaces alone, whatever else narrows the route:
 * - `service`: the first segment after prefix and namespace segment is the Secret, the rest joined with `.` its key
 * - `flat`: one Secret per secret, under its whole name
 * - `explicit`: the route names the Secret and what goes into it
 */
export function layoutPlacement(route: Route, name: string): Placement {
  if (route.spec.layout === 'explicit' && !explicitSources(route).includes(name))
    return unwanted('its data does not name the secret');
  const inside = insideOf(route, name);
  if (inside.kind === 'refused') return inside;
  const namespaces = namespacesOf(route, name);
  return 'kind' in namespaces ? namespaces : { ...inside, namespaces };
}

/** The place inside a namespace. */
function insideOf(route: Route, name: string): Omit<Placed, 'namespaces'> | Refused {
  const { key, layout } = route.spec;
  switch (layout) {
    case 'service':
      return servicePlace(route, segmentsOf(name) ?? []);
    case 'flat':
      return { kind: 'placed', name, key: key ?? keyCased(route, 'value'), spelled: key !== undefined };
    case 'explicit':
      return { kind: 'placed', name: route.spec.name ?? '', key: undefined, spelled: false };
  }
}

function servicePlace(route: Route, segments: readonly string[]): Omit<Placed, 'namespaces'> | Refused {
  const ofPrefix = route.spec.prefix === '' ? 0 : route.spec.prefix.split(DELIMITER).length - 1;
  const ofNamespace = 'fromSegment' in route.spec.namespaces ? route.spec.namespaces.fromSegment : 0;
  const [service, ...rest] = segments.slice(Math.max(ofPrefix, ofNamespace));
  if (service === undefined) {
    const message = 'no segment is left to name the Secret after the prefix and the namespace';
    return { kind: 'refused', code: 'RENDER_REFUSED', message };
  }
  const spelled = rest.length > 0;
  return { kind: 'placed', name: service, key: keyCased(route, spelled ? rest.join('.') : 'value'), spelled };
}

function namespacesOf(route: Route, name: string): readonly string[] | Refused {
  const { namespaces } = route.spec;
  if (!('fromSegment' in namespaces)) return namespaces;
  const segment = segmentsOf(name)?.[namespaces.fromSegment - 1];
  if (segment === undefined)
    return badName(`the name has no segment ${namespaces.fromSegment} to take the namespace from`);
  return namespaceName.safeParse(segment).success
    ? [segment]
    : badName(`segment ${segment} is not a namespace name`);
}

function badName(message: string): Refused {
  return { kind: 'refused', code: 'BAD_NAME', message };
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
