import { call, holdsDeferred } from './deferred.ts';
import { MEMBER } from './expression.ts';

/** A subscription, or a resource group of one. */
export interface Place {
  subscription: string;
  group?: string;
}

export const idOfPlace = ({ subscription, group }: Place): string =>
  `/subscriptions/${subscription}${group === undefined ? '' : `/resourceGroups/${group}`}`;

/** `subscription()` or `resourceGroup()` in an expression. */
export function placeValue(place: Place): object {
  const members: Record<string, string> = {
    id: idOfPlace(place),
    subscriptionId: place.subscription,
    name: place.group ?? '',
    tenantId: `tenant of ${place.subscription}`,
  };
  return { place, [MEMBER]: (name: string) => members[name] };
}

/** The id of a resource in a place, or of an extension of another resource. */
export function resourceId(under: string, type: string, name: unknown): unknown {
  if (typeof name !== 'string' || holdsDeferred(name)) return call('resourceId', [type, name]);
  if (type === 'Microsoft.Resources/resourceGroups') return `${under}/resourceGroups/${name}`;
  const [namespace, ...types] = type.split('/');
  const names = name.split('/');
  return `${under}/providers/${namespace}/${types.map((part, i) => `${part}/${names[i]}`).join('/')}`;
}
