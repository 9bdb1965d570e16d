import { z } from 'zod';

/** Environment as azd gives it to hooks: its own variables and the outputs of the templates. */
export type Environment = Readonly<Record<string, string | undefined>>;

interface Vault {
  alias: string;
  id: string;
  systemTopic?: string;
  certificates?: boolean;
}

/** The parameters of main.bicep that decide whether a deployment works, as the template takes them. */
export interface Parameters {
  environmentName: string;
  location: string;
  resourceGroupName: string;
  vaults: readonly Vault[];
  systemTopics: string;
  credentialVaultId: string;
  clusters: readonly string[];
  armEndpoint: string;
  armAudience: string;
  clusterHosts: string;
  clusterScopes: string;
  consentNotRequired: readonly string[];
  allowedMetadata: readonly string[];
  ownersGroupId: string;
  ownersClientId: string;
  reconcileSchedule: string;
  eventDestination: string;
  inbound: string;
  network: string;
  natGateway: boolean;
  appSubnetId: string;
  endpointSubnetId: string;
  storageSku: string;
  nodeVersion: string;
  instanceMemoryMB: number;
  heapMB: number | null;
  alwaysReady: number | null;
  zoneRedundant: boolean;
  operatorsId: string;
  principalType: string;
}

/** Defaults of the template; test/infra/preflight holds them against it. */
export const DEFAULTS = {
  systemTopics: '',
  credentialVaultId: '',
  clusters: [],
  armEndpoint: '',
  armAudience: '',
  clusterHosts: '',
  clusterScopes: '',
  consentNotRequired: [],
  allowedMetadata: [],
  ownersGroupId: '',
  ownersClientId: '',
  reconcileSchedule: '0 */15 * * * *',
  eventDestination: 'function',
  inbound: 'open',
  network: 'none',
  natGateway: false,
  appSubnetId: '',
  endpointSubnetId: '',
  storageSku: 'Standard_ZRS',
  nodeVersion: '24',
  instanceMemoryMB: 2048,
  heapMB: null,
  alwaysReady: null,
  zoneRedundant: false,
  operatorsId: '',
  principalType: '',
} as const satisfies Partial<Parameters>;

/** `${NAME}` and `${NAME=default}`, as azd itself fills in main.parameters.json. */
export function substitute(text: string, environment: Environment): string {
  return text.replace(/\$\{(\w+)(?:=([^}]*))?\}/g, (_, name: string, fallback?: string) => {
    const value = environment[name] ?? '';
    return value === '' ? (fallback ?? '') : value;
  });
}

const FILE = z.object({ parameters: z.record(z.string(), z.object({ value: z.unknown() })) });

/** What a file of parameters gives once its variables are filled in. Throws when it is none. */
export function parametersIn(text: string, environment: Environment): Record<string, unknown> {
  const { success, data } = FILE.safeParse(JSON.parse(substitute(text, environment)));
  if (!success) throw new Error('no file of parameters: {"parameters": {"NAME": {"value": …}, …}}');
  return Object.fromEntries(Object.entries(data.parameters).map(([name, { value }]) => [name, value]));
}

/** A file of parameters for `az deployment`. */
export function parametersFile(values: Readonly<Record<string, unknown>>): string {
  const parameters = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
  const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#';
  return `${JSON.stringify({ $schema, contentVersion: '1.0.0.0', parameters }, undefined, 2)}\n`;
}

/** With the template's defaults in place of what is not given. */
export function withDefaults(given: Readonly<Record<string, unknown>>): Parameters {
  const text = (name: string): string => (typeof given[name] === 'string' ? given[name] : '');
  const environmentName = text('environmentName');
  return {
    ...DEFAULTS,
    resourceGroupName: `rg-vaultcast-${environmentName}`,
    ...given,
    environmentName,
    location: text('location'),
    vaults: Array.isArray(given['vaults']) ? (given['vaults'] as Vault[]) : [],
  };
}
