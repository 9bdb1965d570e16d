export const VAULTS = 'microsoft.keyvault/vaults';
export const CLUSTERS = 'microsoft.containerservice/managedclusters';

const SUBSCRIPTION = /^\/subscriptions\/([^/]{36})$/i;
const GROUP = /^\/subscriptions\/([^/]{36})\/resourcegroups\/([^/]+)$/i;
const RESOURCE =
  /^\/subscriptions\/([^/]{36})\/resourcegroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)$/i;

export interface ResourceId {
  id: string;
  subscription: string;
  group: string;
  name: string;
}

/** The parts of the id of a resource of this type (lower case); undefined for anything else. */
export function resourceId(id: string, type: string): ResourceId | undefined {
  const [, subscription, group, found, name] = RESOURCE.exec(id) ?? [];
  if (found?.toLowerCase() !== type || !subscription || !group || !name) return undefined;
  return { id, subscription, group, name };
}

const SUBNET =
  /^(\/subscriptions\/[^/]{36}\/resourcegroups\/[^/]+)\/providers\/microsoft\.network\/virtualnetworks\/[^/]+\/subnets\/[^/]+$/i;

/** A subnet, by the ARM id of its resource group; undefined for anything else. */
export function subnetId(id: string): { scope: string } | undefined {
  const [, scope] = SUBNET.exec(id) ?? [];
  return scope === undefined ? undefined : { scope };
}

/** The ARM id of a resource group. */
export const groupScope = (subscription: string, group: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}`;

export const isWide = (id: string): boolean => SUBSCRIPTION.test(id) || GROUP.test(id);

export const sameId = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whether both name the same region: West Europe is westeurope. */
export const sameRegion = (one: string, other: string): boolean => sameId(plain(one), plain(other));

const plain = (region: string): string => region.replaceAll(' ', '');

/** Whether the id lies below the other one: a cluster in a resource group or subscription. */
export const liesBelow = (id: string, wide: string): boolean =>
  id.toLowerCase().startsWith(`${wide.toLowerCase()}/`);
